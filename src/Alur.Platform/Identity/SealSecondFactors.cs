using Alur.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// At the start: makes the key of second factors, encrypts with it what releases before kept as it was and what an older key encrypted, and says how many
/// accounts nobody can sign in to because their key is gone. Any number of nodes may do it at once.
/// </summary>
internal sealed partial class SealSecondFactors(NpgsqlDataSource database, SecondFactorKeys keys, ILogger<SealSecondFactors> log) : IHostedLifecycleService
{
    private const string ReadSql = "select user_id, totp_secret from identity.sign_ins where totp_secret is not null order by user_id";

    // What somebody changed meanwhile stays as they left it.
    private const string KeepSql = """
        update identity.sign_ins s set totp_secret = n.new
        from unnest(@users, @old, @new) as n(user_id, old, new)
        where s.user_id = n.user_id and s.totp_secret = n.old
        """;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Run(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogLater(); // the server runs by now; a secret is encrypted at its next use too
        }
    }

    /// <summary>Once; repeatable.</summary>
    internal async Task Run(CancellationToken ct)
    {
        var stored = await database.Statement(ReadSql).Rows(r => (User: r.GetGuid(0), Old: r.GetFieldValue<byte[]>(1)), ct);
        if (keys.Make() is { } missing && (keys.Place is not null || stored.Count > 0))
        {
            LogMissing(missing.Message);
        }

        var stale = stored.Where(s => !keys.IsCurrent(s.Old)).Select(s => (s.User, s.Old, Secret: keys.Open(s.User, s.Old))).ToList();
        var anew = stale.Where(s => s.Secret.Ok).Select(s => (s.User, s.Old, New: keys.Seal(s.User, s.Secret.Value))).Where(s => s.New.Ok).ToList();
        if (anew.Count > 0)
        {
            await database.Statement(
                KeepSql, ("users", anew.Select(s => s.User).ToArray()), ("old", anew.Select(s => s.Old).ToArray()), ("new", anew.Select(s => s.New.Value).ToArray())).Run(ct);
            LogSealed(anew.Count);
        }

        if (stale.Count(s => !s.Secret.Ok) is > 0 and var lost)
        {
            LogLost(lost, keys.Place ?? "Identity:SecondFactorKeyFile, which names no file");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Second factors encrypted with the present key: {Count}")]
    private partial void LogSealed(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database went away just now, so second factors that are not encrypted yet are encrypted at their next use")]
    private partial void LogLater();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Second factors have no key here, so nobody can begin one. {Why}")]
    private partial void LogMissing(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Accounts whose second factor cannot be read: {Count}. Their key is not in {File}: put its line back there, from the copy that was kept, or let their holders in with ./alur user reset EMAIL --second-factor")]
    private partial void LogLost(int count, string file);
}
