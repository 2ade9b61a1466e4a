using System.Text.Json.Nodes;
using Alur.Platform.Postgres;
using Alur.Testing;
using Npgsql;

namespace Alur.Host.Tests.Commands;

public sealed class BackupTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("alur backup ").FullName;

    private string Dump => Path.Combine(_directory, "the backup.dump");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_backup_is_one_file_that_only_its_maker_can_read_and_says_where_and_how_large_it_is()
    {
        await using var database = await TestDatabase.Create();

        var (exitCode, output, errors) = await Alur(database, "backup", "--to", Dump, "--json");

        Assert.True(exitCode == 0, errors);
        Assert.Equal((Dump, new FileInfo(Dump).Length), ((string)Last(output)["file"]!, (long)Last(output)["bytes"]!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Dump));
        Assert.Equal([Dump], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Before_the_first_start_there_is_nothing_to_back_up_and_no_database_is_made_for_it()
    {
        await using var empty = await TestDatabase.CreateEmpty();

        var (exitCode, output, _) = await Alur(empty, "backup", "--to", Dump, "--json");
        var none = await HostProcess.Run("backup", "--to", Dump, "--json", "--set", $"Postgres:Directory={_directory}/data");

        Assert.Equal((1, "MIGRATIONS_PENDING"), (exitCode, (string?)Last(output)["code"]));
        Assert.Equal((1, "MIGRATIONS_PENDING"), (none.ExitCode, (string?)Last(none.Output)["code"]));
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task A_backup_never_replaces_a_file()
    {
        await using var database = await TestDatabase.Create();
        await File.WriteAllTextAsync(Dump, "last week's");

        var (exitCode, output, _) = await Alur(database, "backup", "--to", Dump, "--json");

        Assert.Equal((1, "FILE_EXISTS"), (exitCode, (string?)Last(output)["code"]));
        Assert.Equal("last week's", await File.ReadAllTextAsync(Dump));
    }

    [Fact]
    public async Task A_backup_that_fails_leaves_no_file()
    {
        await using var database = await TestDatabase.Create();
        await Execute(database.AdminConnectionString, "create schema other; create table other.closed (id int)"); // not the owner's

        var (exitCode, output, _) = await Alur(database, "backup", "--to", Dump, "--json");

        Assert.Equal((1, "BACKUP_FAILED"), (exitCode, (string?)Last(output)["code"]));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_backup_of_an_older_schema_is_restored_into_an_empty_database_and_brought_up_to_date()
    {
        await using var old = await TestDatabase.Create();
        await Execute(old.OwnerConnectionString, "insert into platform.api_keys (name, key_hash) values ('desk', sha256('x'))");
        Assert.Equal(0, (await Alur(old, "migrate", "down", "--yes")).ExitCode);
        Assert.Equal(0, (await Alur(old, "backup", "--to", Dump)).ExitCode);
        await using var empty = await TestDatabase.CreateEmpty();

        var (exitCode, output, errors) = await Alur(empty, "restore", Dump, "--json");

        Assert.True(exitCode == 0, errors);
        Assert.Single(Last(output)["applied"]!.AsArray());
        Assert.Equal(0, (int)Last((await Alur(empty, "migrate", "status", "--json")).Output)["pending"]!);
        await using var app = empty.App.CreateCommand("select name from platform.api_keys"); // with the rights of the server's role
        Assert.Equal("desk", await app.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_backup_of_a_newer_program_is_refused_before_anything_changes()
    {
        await using var newer = await TestDatabase.Create();
        await Execute(newer.OwnerConnectionString, "insert into platform.migrations (module, number, name, checksum) values ('antrean', 9001, 'from_the_future', '')");
        Assert.Equal(0, (await Alur(newer, "backup", "--to", Dump)).ExitCode);
        await using var empty = await TestDatabase.CreateEmpty();

        var (exitCode, output, errors) = await Alur(empty, "restore", Dump, "--json");

        Assert.Equal((1, "BACKUP_NEWER"), (exitCode, (string?)Last(output)["code"]));
        Assert.Contains("antrean/9001_from_the_future", errors, StringComparison.Ordinal);
        Assert.Equal(0L, await Scalar(empty.OwnerConnectionString, "select count(*) from pg_namespace where nspname in ('platform', 'antrean', 'delivery')"));
    }

    [Fact]
    public async Task A_database_that_holds_anything_is_never_restored_over()
    {
        await using var database = await TestDatabase.Create();
        Assert.Equal(0, (await Alur(database, "backup", "--to", Dump)).ExitCode);

        var (exitCode, output, _) = await Alur(database, "restore", Dump, "--json");

        Assert.Equal((1, "DATABASE_NOT_EMPTY"), (exitCode, (string?)Last(output)["code"]));
    }

    [Theory]
    [InlineData("", "NOT_A_BACKUP")]
    [InlineData("PGDMP", "NOT_A_BACKUP")]
    [InlineData(null, "FILE_MISSING")]
    public async Task A_file_that_is_no_backup_is_refused(string? content, string code)
    {
        await using var empty = await TestDatabase.CreateEmpty();
        if (content is not null) await File.WriteAllTextAsync(Dump, content);

        var (exitCode, output, _) = await Alur(empty, "restore", Dump, "--json");

        Assert.Equal((1, code), (exitCode, (string?)Last(output)["code"]));
    }

    [Fact]
    public async Task A_backup_cut_short_restores_nothing()
    {
        await using var database = await TestDatabase.Create();
        Assert.Equal(0, (await Alur(database, "backup", "--to", Dump)).ExitCode);
        await using (var file = File.OpenWrite(Dump)) file.SetLength(file.Length - 2000);
        await using var empty = await TestDatabase.CreateEmpty();

        var (exitCode, output, _) = await Alur(empty, "restore", Dump, "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains((string?)Last(output)["code"], (string[])["NOT_A_BACKUP", "RESTORE_FAILED"]);
        Assert.Equal(0L, await Scalar(empty.OwnerConnectionString, "select count(*) from pg_namespace where nspname in ('platform', 'antrean', 'delivery')"));
    }

    [Fact]
    public async Task A_restore_beside_a_running_server_is_refused()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path);
        using var server = await HostLock.Take(data.Path, CancellationToken.None);
        await File.WriteAllTextAsync(Dump, "anything");

        var (exitCode, output, _) = await HostProcess.Run(data.With("restore", Dump, "--json"));

        Assert.Equal((1, "HOST_ALREADY_RUNNING"), (exitCode, (string?)Last(output)["code"]));
    }

    private static Task<(int ExitCode, string Output, string Errors)> Alur(TestDatabase database, params string[] verb) => HostProcess.Run(
        [.. verb, "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", "--set", $"ConnectionStrings:AlurOwner={database.OwnerConnectionString}"]);

    private static JsonNode Last(string output) => JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!;

    private static async Task Execute(string connectionString, string sql) => await Scalar(connectionString, sql);

    private static async Task<object?> Scalar(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
