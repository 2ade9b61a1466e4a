using System.Diagnostics;
using System.Globalization;
using Alur.Antrean.Sites;
using Alur.Platform.Alerts;
using Npgsql;

namespace Alur.Antrean.Alerts;

/// <summary>Hospitals whose Khanza was not read for ten minutes: nobody is told of visits that nobody reads.</summary>
internal sealed class PollTrouble(NpgsqlDataSource db, SiteDirectory sites) : IAlertSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const string Overdue = """
        select s.code, (extract(epoch from now() - s.last_poll_at) / 60)::int, s.last_poll_error
        from antrean.sites s
        where s.code = any($1) and coalesce(s.last_poll_at, '-infinity') < now() - $2
        order by s.code
        """;

    private readonly Stopwatch _running = Stopwatch.StartNew();

    public string Prefix => "antrean.poll:";

    /// <summary>How long this node has been running: a server that was off for a night gets its ten minutes too.</summary>
    public Func<TimeSpan>? Uptime { get; set; }

    public bool Looks => (Uptime?.Invoke() ?? _running.Elapsed) >= Patience;

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct)
    {
        await using var command = db.CreateCommand(Overdue);
        command.Parameters.Add(new() { Value = sites.All.Where(s => SiteDirectory.CannotPoll(s.Code, s.Options) is null).Select(s => s.Code).ToArray() });
        command.Parameters.Add(new() { Value = Patience });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<AlertCondition>();
        while (await reader.ReadAsync(ct))
            found.Add(Condition(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        return found;
    }

    private static AlertCondition Condition(string site, int? minutes, string? error)
    {
        var since = minutes is { } m ? string.Create(CultureInfo.InvariantCulture, $"{m}") : null;
        return new(
            $"antrean.poll:{site}",
            $"Khanza ({site}) {(since is null ? "belum pernah terbaca" : $"tidak terbaca selama {since} menit")}: {error ?? "tanpa pesan kesalahan"}. Periksa server MariaDB, jaringan dan akun baca-saja.",
            $"Khanza ({site}) {(since is null ? "has never been read" : $"was not read for {since} minutes")}: {error ?? "without an error message"}. Check the MariaDB server, the network and the read-only account.");
    }
}
