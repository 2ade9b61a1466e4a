using System.Globalization;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>Applies and reverts the modules' SQL pairs as role <c>alur_owner</c>, one migrator per database at a time.</summary>
public sealed class Migrator
{
    private const string Bootstrap = """
        create schema if not exists platform;
        create table if not exists platform.migrations (
            id         bigint generated always as identity primary key, -- order of application
            module     text not null,
            number     int not null check (number > 0),
            name       text not null,
            checksum   text not null,
            applied_at timestamptz not null default now(),
            unique (module, number)
        );
        grant usage on schema platform to alur_app;
        grant select on platform.migrations to alur_app;
        """;

    private const string FindRole = "select exists (select from pg_roles where rolname = 'alur_app')";
    private const string FindTable = "select to_regclass('platform.migrations') is not null";
    private const string ReadApplied = "select module, number, name, checksum, applied_at from platform.migrations order by id";
    private const string Record = "insert into platform.migrations (module, number, name, checksum) values ($1, $2, $3, $4)";
    private const string Forget = "delete from platform.migrations where module = $1 and number = $2";

    private readonly string _ownerConnectionString;
    private readonly IReadOnlyList<Migration> _known;

    /// <summary>A migrator of these modules' embedded scripts.</summary>
    /// <param name="ownerConnectionString">Role that owns the schemas.</param>
    /// <param name="modules">Whose migrations; Platform goes first, then modules by name.</param>
    public Migrator(string ownerConnectionString, IReadOnlyList<ModuleMigrations> modules)
        : this(ownerConnectionString, Migration.ReadAll(modules))
    {
    }

    internal Migrator(string ownerConnectionString, IReadOnlyList<Migration> known) => (_ownerConnectionString, _known) = (ownerConnectionString, known);

    /// <summary>How long to wait for another migrator.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for a table lock held by the running application, before the migration gives up unchanged.</summary>
    public TimeSpan TableLockWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether this program has the migration of this id, such as <c>platform/0001_platform</c>.</summary>
    public bool Knows(string id) => _known.Any(m => m.Id == id);

    /// <summary>Applies everything pending; returns the ids applied now.</summary>
    /// <exception cref="MigrationFailedException">An applied script was edited, a script failed, or somebody else is migrating.</exception>
    public Task<IReadOnlyList<string>> Up(CancellationToken ct = default) => Locked(
        async connection =>
        {
            await Prepare(connection, ct);
            var applied = await Applied(connection, ct);
            RefuseEdited(applied);
            List<string> done = [];
            foreach (var migration in _known.Where(m => !applied.Exists(a => a.Is(m))))
            {
                await new MigrationStep(connection, migration).Run(migration.Up, Record, ct, migration.Name, migration.Checksum);
                done.Add(migration.Id);
            }

            return (IReadOnlyList<string>)done;
        },
        ct);

    /// <summary>Reverts the migration applied last, or everything applied after <paramref name="to"/>; returns the ids reverted now.</summary>
    /// <param name="to">An id (or <c>module/NNNN</c>) that stays applied; <c>nothing</c> reverts all; null reverts one.</param>
    /// <param name="ct">Checked between statements.</param>
    /// <exception cref="MigrationFailedException">As for <see cref="Up"/>, or the target is not applied.</exception>
    public Task<IReadOnlyList<string>> Down(string? to = null, CancellationToken ct = default) => Locked(
        async connection =>
        {
            var applied = await Applied(connection, ct);
            List<string> done = [];
            foreach (var row in applied.AsEnumerable().Reverse().Take(Count(applied, to)))
            {
                var migration = _known.FirstOrDefault(row.Is)
                    ?? throw new MigrationFailedException("MIGRATION_UNKNOWN", $"{row.Id} was applied by a newer program; revert it with that program first.");
                await new MigrationStep(connection, migration).Run(migration.Down, Forget, ct);
                done.Add(migration.Id);
            }

            return (IReadOnlyList<string>)done;
        },
        ct);

    /// <summary>Every migration known or applied, in order. Changes nothing and takes no lock; any role may ask.</summary>
    public async Task<IReadOnlyList<MigrationStatus>> Status(CancellationToken ct = default)
    {
        await using var connection = await Open(ct);
        var applied = await Applied(connection, ct);
        var known = _known.Select(m => applied.Find(a => a.Is(m)) is { } row
            ? new MigrationStatus(m.Id, row.AppliedAt, Edited: row.Checksum != m.Checksum)
            : new MigrationStatus(m.Id, AppliedAt: null));
        var unknown = applied.Where(a => !_known.Any(a.Is)).Select(a => new MigrationStatus(a.Id, a.AppliedAt, Unknown: true));
        return [.. known, .. unknown];
    }

    private static int Count(List<AppliedMigration> applied, string? to)
    {
        if (to is null or "nothing")
        {
            return to is null ? 1 : applied.Count;
        }

        var stays = applied.FindIndex(a => a.Id == to || a.Id.StartsWith(to + "_", StringComparison.Ordinal));
        return stays >= 0
            ? applied.Count - stays - 1
            : throw new MigrationFailedException("MIGRATION_NOT_APPLIED", $"{to} is not applied here; alur migrate status lists what is.");
    }

    private static async Task<List<AppliedMigration>> Applied(NpgsqlConnection connection, CancellationToken ct)
    {
        List<AppliedMigration> rows = [];
        await using var find = new NpgsqlCommand(FindTable, connection);
        if (!(bool)(await find.ExecuteScalarAsync(ct))!)
        {
            return rows;
        }

        await using var command = new NpgsqlCommand(ReadApplied, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new AppliedMigration(
                reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return rows;
    }

    private static async Task Prepare(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand(FindRole, connection);
        if (!(bool)(await find.ExecuteScalarAsync(ct))!)
        {
            throw new MigrationFailedException(
                "ROLE_MISSING", "The role alur_app does not exist on this server. As its administrator: create role alur_app login nosuperuser nobypassrls password '…';");
        }

        await using var command = new NpgsqlCommand(Bootstrap, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private void RefuseEdited(List<AppliedMigration> applied)
    {
        var edited = _known.Where(m => applied.Exists(a => a.Is(m) && a.Checksum != m.Checksum)).Select(m => m.Id).ToList();
        if (edited.Count > 0)
        {
            throw new MigrationFailedException("MIGRATION_EDITED", $"{EditedMigrations.Found(string.Join(", ", edited)).English} {EditedMigrations.Do.English}");
        }
    }

    private async Task<T> Locked<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await using var held = await MigrationLock.Take(connection, LockWait, ct);
        await using var settings = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"set lock_timeout = {(int)TableLockWait.TotalMilliseconds}; set statement_timeout = 0"), connection);
        await settings.ExecuteNonQueryAsync(ct);
        return await work(connection);
    }

    private async Task<NpgsqlConnection> Open(CancellationToken ct)
    {
        // Not pooled: the session's lock and settings must end with it. A long index build must not hit the driver's time-out.
        var settings = new NpgsqlConnectionStringBuilder(_ownerConnectionString) { Pooling = false, CommandTimeout = 0, ApplicationName = "alur migrate" };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed record AppliedMigration(string Module, int Number, string Name, string Checksum, DateTimeOffset AppliedAt)
    {
        public string Id => string.Create(CultureInfo.InvariantCulture, $"{Module}/{Number:0000}_{Name}");

        public bool Is(Migration migration) => Module == migration.Module && Number == migration.Number;
    }
}
