using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Platform.Postgres;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Postgres;

/// <summary>A real cluster of the distribution's PostgreSQL with the real schema, and a real newer server to move it to.</summary>
public sealed class UpgradeClusterTests : IAsyncLifetime
{
    private static readonly string[] Steps = ["Starting", "Writing", "Making", "Filling", "Comparing", "Exchanging", "The old one is kept", "Proving"];

    private const string Fill = """
        insert into delivery.channels (name) values ('bpjs:default');
        insert into delivery.lanes (channel, key, state, head_step, due_at) select 'bpjs:default', 'visit ' || n, 'PARKED', 1, now() from generate_series(1, 500) n;
        insert into platform.api_keys (name, key_hash) select 'caller-' || n, sha256(n::text::bytea) from generate_series(1, 300) n
        """;

    private const string CountKeys = "select count(*)::text from platform.api_keys";

    private readonly string _parent = Directory.CreateTempSubdirectory("alur-upgrade-").FullName;
    private TwoPostgreses _installed = null!;
    private ClusterOptions _options = null!;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_parent, (UnixFileMode)0b111_101_101);
        _installed = await TwoPostgreses.Prepare();
        _options = UpgradeProcess.Options(Path.Combine(_parent, "main"), _installed.Root);
        var old = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await new Migrator(old.OwnerConnectionString, TestDatabase.Modules).Up(CancellationToken.None);
        await Execute(old.OwnerConnectionString, Fill);
        await PrivateCluster.Stop(_options, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var options in new[] { _options, _options with { Directory = Path.Combine(_options.Directory!, "upgrade") } }.Where(o => Directory.Exists(Path.Combine(o.Directory!, "pgdata"))))
        {
            await PrivateCluster.Stop(options, CancellationToken.None);
        }

        Directory.Delete(_parent, recursive: true);
        _installed.Dispose();
    }

    [Fact]
    public async Task Everything_is_there_again_under_the_newer_version_and_the_old_data_is_kept()
    {
        _installed.InstallNewer();

        var report = await Upgrade();

        Assert.Equal((_installed.Older, _installed.Newer), (report.From, report.To));
        Assert.True(report is { Tables: > 10, Rows: > 800 }, report.ToString());
        Assert.Equal($"{_installed.Older}", VersionOf(report.Kept!));
        Assert.False(Directory.Exists(Path.Combine(_options.Directory!, "upgrade")));
        _installed.Remove(_installed.Older); // it is not needed any more
        await ServesAll(_installed.Newer);
        Assert.Equal((_installed.Newer, _installed.Newer), await Upgrade() is var again ? (again.From, again.To) : default);
    }

    [Fact]
    public async Task A_newer_version_beside_it_changes_nothing_and_the_doctor_says_what_to_do()
    {
        Assert.Null(CheckUpgrade.Of(_options.Directory!, _installed.Root));
        _installed.InstallNewer();

        await ServesAll(_installed.Older);

        Assert.Contains("./alur db upgrade", CheckUpgrade.Of(_options.Directory!, _installed.Root)!.Do!.In(Language.En), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_way_back_is_the_kept_directory()
    {
        _installed.InstallNewer();
        var kept = (await Upgrade()).Kept!;

        Directory.Delete(Path.Combine(_options.Directory!, "pgdata"), recursive: true);
        Directory.Move(kept, Path.Combine(_options.Directory!, "pgdata"));

        await ServesAll(_installed.Older);
    }

    [Fact]
    public async Task Killed_at_any_step_it_loses_nothing_and_is_finished_by_running_it_again()
    {
        _installed.InstallNewer();
        foreach (var step in Steps)
        {
            Assert.NotEqual(0, await UpgradeProcess.RunAndKill(_options, step));
            if (!Directory.Exists(Path.Combine(_options.Directory!, "pgdata")))
            {
                // Between the two moves: nobody makes an empty database in its place.
                await Refused("UPGRADE_UNFINISHED", () => PrivateCluster.EnsureRunning(_options, CancellationToken.None));
            }
        }

        Assert.Equal($"{_installed.Newer}", VersionOf(Path.Combine(_options.Directory!, "pgdata")));
        Assert.NotNull((await Upgrade()).Kept); // what was left is the proof
        await ServesAll(_installed.Newer);
    }

    [Fact]
    public async Task What_was_written_after_an_interrupted_upgrade_is_not_lost_to_its_older_copy()
    {
        _installed.InstallNewer();
        Assert.NotEqual(0, await UpgradeProcess.RunAndKill(_options, "Exchanging")); // the new one is ready, the old one still in its place
        var gone_on = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await Execute(gone_on.OwnerConnectionString, "insert into platform.api_keys (name, key_hash) values ('later', sha256('later'))");
        await PrivateCluster.Stop(_options, CancellationToken.None);

        await Upgrade();

        var now = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        Assert.Equal("301", await Scalar(now.AppConnectionString, CountKeys));
    }

    [Fact]
    public async Task It_is_refused_beside_a_host_on_a_full_disk_and_over_kept_data_and_changes_nothing()
    {
        _installed.InstallNewer();
        using (await HostLock.Take(_options.Directory!, CancellationToken.None))
        {
            await Refused("HOST_ALREADY_RUNNING", Upgrade);
        }

        await Refused("DISK_TOO_SMALL", () => UpgradeCluster.Run(_options, _ => { }, CancellationToken.None, _ => 1024));
        Directory.CreateDirectory(Path.Combine(_options.Directory!, $"pgdata.{_installed.Older}"));
        await Refused("OLD_DATA_KEPT", Upgrade);
        Directory.Delete(Path.Combine(_options.Directory!, $"pgdata.{_installed.Older}"));
        await ServesAll(_installed.Older);
    }

    [Fact]
    public async Task A_database_that_we_did_not_make_is_not_left_behind_in_silence()
    {
        _installed.InstallNewer();
        var old = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await Execute(old.AdminConnectionString, "create database reports");
        await PrivateCluster.Stop(_options, CancellationToken.None);

        Assert.Contains("reports", (await Refused("OTHER_DATABASES", Upgrade)).Message, StringComparison.Ordinal);
        Assert.False(PrivateCluster.IsAlive(_options.Directory!));
    }

    [Fact]
    public async Task Without_the_version_that_made_the_data_nothing_starts_and_the_message_names_the_way()
    {
        _installed.InstallNewer();
        _installed.Remove(_installed.Older);

        foreach (var verb in new[] { () => PrivateCluster.EnsureRunning(_options, CancellationToken.None), () => (Task)Upgrade() })
        {
            var refusal = await Refused("DATA_VERSION_MISMATCH", verb);
            Assert.Contains("./alur db upgrade", refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"postgresql-{_installed.Older}", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Data_of_a_newer_version_never_goes_back()
    {
        _installed.InstallNewer();
        await Upgrade();
        _installed.Remove(_installed.Newer);

        Assert.Contains($"postgresql-{_installed.Newer}", (await Refused("DATA_VERSION_MISMATCH", Upgrade)).Message, StringComparison.Ordinal);
    }

    private Task<UpgradeReport> Upgrade() => UpgradeCluster.Run(_options, _ => { }, CancellationToken.None);

    private async Task ServesAll(int version)
    {
        var cluster = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        Assert.Equal(version, cluster.Version);
        Assert.Equal("300", await Scalar(cluster.AppConnectionString, CountKeys));
        Assert.Equal("500", await Scalar(cluster.AppConnectionString, "select count(*)::text from delivery.lanes"));
        Assert.Empty(await new Migrator(cluster.OwnerConnectionString, TestDatabase.Modules).Up(CancellationToken.None));
        await PrivateCluster.Stop(_options, CancellationToken.None);
    }

    private static string VersionOf(string data) => File.ReadAllText(Path.Combine(data, "PG_VERSION")).Trim();

    private static async Task<PostgresUnavailableException> Refused(string code, Func<Task> attempt)
    {
        var refusal = await Assert.ThrowsAsync<PostgresUnavailableException>(attempt);
        Assert.Equal(code, refusal.Code);
        return refusal;
    }

    private static async Task Execute(string connectionString, string sql) => await Scalar(connectionString, sql);

    private static async Task<string?> Scalar(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string;
    }
}
