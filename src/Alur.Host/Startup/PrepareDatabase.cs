using Alur.Platform.Data;
using Npgsql;

namespace Alur.Host.Startup;

/// <summary>Before the server starts: the schema is up to date and the runtime's role is one that may be used.</summary>
internal static class PrepareDatabase
{
    public static Task Run(DatabaseSession database, NpgsqlDataSource runtime, CancellationToken ct) =>
        DatabaseRestart.Outlast(() => RunOnce(database, runtime, ct), ct);

    private static async Task RunOnce(DatabaseSession database, NpgsqlDataSource runtime, CancellationToken ct)
    {
        await CheckLogin(runtime, ct);
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

    private static async Task CheckLogin(NpgsqlDataSource runtime, CancellationToken ct)
    {
        try
        {
            await using var connection = await runtime.OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName)
        {
            throw Refusal.Configuration([$"ConnectionStrings:Alur: {e.MessageText}"]);
        }
    }
}
