using System.Diagnostics;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Host.Startup;

/// <summary>Before the server starts: the schema is up to date and the runtime's role is one that may be used.</summary>
internal static class PrepareDatabase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Run(DatabaseSession database, NpgsqlDataSource runtime, CancellationToken ct)
    {
        await WaitUntilReachable(runtime, ct);
        if (await RuntimeRole.Mistakes(runtime, ct) is { Count: > 0 } mistakes)
        {
            throw Refusal.Configuration(mistakes);
        }

        if (database.Owner is not null)
        {
            await database.Migrator().Up(ct);
            return;
        }

        var status = await new Migrator(database.App, AlurModules.Migrations).Status(ct);
        var pending = status.Where(m => m.AppliedAt is null).Select(m => m.Id).ToList();
        if (pending.Count > 0)
        {
            throw new Refusal(CommandLine.Failed, "MIGRATIONS_PENDING", [
                $"The database lacks {pending.Count} migration(s): {string.Join(", ", pending)}.",
                "Run: ALUR_ConnectionStrings__AlurOwner='Host=…;Username=alur_owner;…' ./alur migrate up"]);
        }
    }

    // A server that is just starting (the whole machine may have restarted) gets some time; a refused role or password does not.
    private static async Task WaitUntilReachable(NpgsqlDataSource runtime, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = await runtime.OpenConnectionAsync(ct);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && waited.Elapsed < Patience)
            {
                await Task.Delay(500, ct);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName)
            {
                throw Refusal.Configuration([$"ConnectionStrings:Alur: {e.MessageText}"]);
            }
        }
    }
}
