using Alur.Platform.Data;
using Alur.Platform.Texts;
using Npgsql;

namespace Alur.Platform.Doctor;

/// <summary>PostgreSQL answers, is new enough, has our schema, and lets the server in with a role that cannot get around it.</summary>
internal static class CheckDatabase
{
    public const string Code = "postgres";

    public static readonly Words StartIt = new(
        "Jalankan server: ./alur serve (atau systemctl start alur). Bila ConnectionStrings:Alur diatur, periksa server, alamat dan kata sandinya.",
        "Start the server: ./alur serve (or systemctl start alur). If ConnectionStrings:Alur is set, check that server, its address and the password.");

    private const int Oldest = 150_000;
    private const string AskVersion = "select current_setting('server_version_num')::int, current_setting('server_version')";

    /// <summary>The findings, and whether other checks can use the database.</summary>
    public static async Task<(IReadOnlyList<Finding> Findings, bool Usable)> Run(
        NpgsqlDataSource db, string connectionString, IReadOnlyList<ModuleMigrations> modules, CancellationToken ct)
    {
        try
        {
            var findings = new List<Finding> { await Version(db, ct) };
            findings.AddRange(await Roles(db, ct));
            var migrations = await Migrations(connectionString, modules, ct);
            findings.Add(migrations);
            return (findings, migrations.Level != FindingLevel.Wrong);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            var why = OutsideText.Clean(e is PostgresException refused ? refused.MessageText : e.Message);
            return ([Finding.Wrong(Code, new($"PostgreSQL tidak menjawab: {why}", $"PostgreSQL does not answer: {why}"), StartIt)], false);
        }
    }

    private static async Task<Finding> Version(NpgsqlDataSource db, CancellationToken ct)
    {
        await using var command = db.CreateCommand(AskVersion);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return JudgeVersion(reader.GetInt32(0), reader.GetString(1));
    }

    /// <summary>Whether a server of this version can hold our schema.</summary>
    internal static Finding JudgeVersion(int number, string version) => number >= Oldest
        ? Finding.Ok(Code, $"PostgreSQL {version} menjawab.", $"PostgreSQL {version} answers.")
        : Finding.Wrong(Code, new($"PostgreSQL {version} terlalu lama.", $"PostgreSQL {version} is too old."),
            new("Pasang PostgreSQL 15 atau lebih baru.", "Install PostgreSQL 15 or newer."));

    private static async Task<IEnumerable<Finding>> Roles(NpgsqlDataSource db, CancellationToken ct)
    {
        const string Check = "postgres.role";
        var mistakes = await RuntimeRole.Mistakes(db, ct);
        return mistakes.Count == 0
            ? [Finding.Ok(Check, "Server masuk dengan peran yang tidak dapat mengubah skema.", "The server's role cannot change the schema.")]
            : mistakes.Select(m => Finding.Wrong(Check, new($"Peran database tidak aman. {m}", $"The database role is not safe. {m}"),
                new("Pakai peran alur_app di ConnectionStrings:Alur, dan pemilik tabel hanya di ConnectionStrings:AlurOwner.",
                    "Use role alur_app in ConnectionStrings:Alur, and the tables' owner in ConnectionStrings:AlurOwner only.")));
    }

    private static async Task<Finding> Migrations(string connectionString, IReadOnlyList<ModuleMigrations> modules, CancellationToken ct)
    {
        const string Check = "postgres.migrations";
        var all = await new Migrator(connectionString, modules).Status(ct);
        string Names(Func<MigrationStatus, bool> which) => string.Join(", ", all.Where(which).Select(m => m.Id));
        var (edited, pending, unknown) = (Names(m => m.Edited), Names(m => m.AppliedAt is null), Names(m => m.Unknown));
        return edited.Length > 0 ? Finding.Wrong(Check, EditedMigrations.Found(edited), EditedMigrations.Do)
            : pending.Length > 0 ? Finding.Wrong(Check, new($"Skema belum lengkap: {pending}.", $"The schema is not up to date: {pending}."),
                new("Jalankan: ./alur migrate up", "Run: ./alur migrate up"))
            : unknown.Length > 0 ? Finding.Warning(Check, new($"Skema dari program yang lebih baru: {unknown}.", $"The schema is of a newer program: {unknown}."),
                new("Pakai program terbaru di semua mesin.", "Use the newest program on every machine."))
            : Finding.Ok(Check, $"Skema lengkap ({all.Count} migrasi).", $"The schema is up to date ({all.Count} migrations).");
    }
}
