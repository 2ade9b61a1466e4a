using System.Diagnostics;
using System.Globalization;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Platform.Tests.Postgres;

/// <summary>Each test has a cluster of its own, in a directory of its own, and stops it.</summary>
public sealed class PrivateClusterTests : IAsyncLifetime
{
    private const UnixFileMode Reachable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
    private readonly string _parent = Directory.CreateTempSubdirectory("alur cluster ").FullName;
    private ClusterOptions _options = new("", "");

    public ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_parent, Reachable);
        _options = new ClusterOptions(_parent, "main") { Durable = false, StartTimeout = TimeSpan.FromSeconds(60) };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await PrivateCluster.Stop(_options, CancellationToken.None);
        }
        catch (PostgresUnavailableException)
        {
            // A test that broke its cluster on purpose has nothing running.
        }

        Directory.Delete(_parent, recursive: true);
    }

    [Fact]
    public async Task A_new_cluster_answers_through_a_socket_only_and_neither_role_is_powerful()
    {
        var cluster = await Start();

        Assert.Equal((false, 80), (cluster.Adopted, new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).MaxPoolSize)); // of 100: commands beside the server find room
        Assert.StartsWith(_parent, cluster.Directory, StringComparison.Ordinal);
        Assert.Equal("", await Scalar(cluster.AppConnectionString, "select current_setting('listen_addresses')"));
        Assert.Equal("alur_app:false:false:false", await Scalar(cluster.AppConnectionString, "select format('%s:%s:%s:%s', rolname, rolsuper::text, rolbypassrls::text, rolcreaterole::text) from pg_roles where rolname = current_user"));
        Assert.Equal("alur_owner:false:false:false", await Scalar(cluster.OwnerConnectionString, "select format('%s:%s:%s:%s', rolname, rolsuper::text, rolbypassrls::text, rolcreaterole::text) from pg_roles where rolname = current_user"));
        var wrong = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString) { Password = "guess" }.ConnectionString;
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => Scalar(wrong, "select 1"))).SqlState);
    }

    [Fact]
    public async Task The_server_never_runs_as_root_and_its_files_are_closed_to_others()
    {
        var cluster = await Start();

        Assert.DoesNotContain("Uid:\t0\t", await File.ReadAllTextAsync($"/proc/{Pid(cluster)}/status"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cluster.Directory, "secrets.json")));
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.All(["pgdata", "log", "run"], name => Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(cluster.Directory, name))));
    }

    [Fact]
    public async Task A_running_cluster_is_adopted()
    {
        var first = await Start();
        var second = await Start();

        Assert.True(second.Adopted);
        Assert.Equal(first.AppConnectionString, second.AppConnectionString);
        Assert.Equal(Pid(first), Pid(second));
    }

    [Fact]
    public async Task A_server_that_goes_into_recovery_while_it_is_adopted_is_waited_for()
    {
        var first = await Start();
        for (var crash = 0; crash < 8; crash++)
        {
            await using var victim = new NpgsqlConnection(first.OwnerConnectionString + ";Pooling=false");
            await victim.OpenAsync();
            var starting = Enumerable.Range(0, 4).Select(_ => Start()).ToList();
            Process.GetProcessById(victim.ProcessID).Kill();

            Assert.All(await Task.WhenAll(starting), again => Assert.True(again.Adopted));
        }
    }

    [Fact]
    public async Task Of_two_starters_at_once_one_starts_and_the_other_adopts()
    {
        var both = await Task.WhenAll(Start(), Start());

        Assert.Single(both, cluster => cluster.Adopted);
    }

    [Fact]
    public async Task After_kill_minus_9_of_the_database_committed_data_is_there_again()
    {
        _options = _options with { Durable = true };
        var cluster = await Start();
        await Scalar(cluster.OwnerConnectionString, "create table kept as select 42 as answer");
        Kill(Pid(cluster));

        var again = await Start();

        Assert.False(again.Adopted);
        Assert.Equal("42", await Scalar(again.OwnerConnectionString, "select answer::text from kept"));
    }

    [Fact]
    public async Task A_pid_file_and_a_socket_lock_that_name_a_foreign_process_do_not_block_the_start()
    {
        var cluster = await Start();
        Kill(Pid(cluster));
        var foreign = Environment.ProcessId.ToString(CultureInfo.InvariantCulture); // alive, but no database
        foreach (var file in new[] { Path.Combine(cluster.Directory, "pgdata", "postmaster.pid"), Path.Combine(cluster.Directory, "run", ".s.PGSQL.5432.lock") })
        {
            var lines = await File.ReadAllLinesAsync(file);
            lines[0] = foreign;
            await File.WriteAllLinesAsync(file, lines);
        }

        var again = await Start();

        Assert.False(again.Adopted);
        Assert.NotEqual(Environment.ProcessId, Pid(again));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_gets_a_short_socket_directory()
    {
        var deep = Path.Combine(_parent, new string('x', 60), new string('y', 60));
        Directory.CreateDirectory(deep);
        _options = _options with { Directory = deep };

        var cluster = await Start();

        var host = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!;
        Assert.True(host.Length < 60, host);
        Assert.Equal(deep, cluster.Directory);
        await PrivateCluster.Stop(_options, CancellationToken.None);
        Directory.Delete(host, recursive: true);
    }

    [Fact]
    public async Task A_checkout_closed_to_the_servers_user_keeps_its_data_elsewhere()
    {
        File.SetUnixFileMode(_parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var place = (await ClusterPlace.Prepare(_options, CancellationToken.None)).Directory;

        Assert.StartsWith(ServerUser.IsOther ? "/var/lib/alur/" : _parent, place, StringComparison.Ordinal);
        Assert.Equal("main", Path.GetFileName(place));
        Directory.Delete(ServerUser.IsOther ? Path.GetDirectoryName(place)! : place, recursive: true);
        File.SetUnixFileMode(_parent, Reachable); // or stopping would look for it over there again
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_by_name()
    {
        await Start();
        await PrivateCluster.Stop(_options, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_parent, "data", "main", "pgdata", "PG_VERSION"), "9.6\n");

        var refusal = await Refused("DATA_VERSION_MISMATCH");

        Assert.Contains("9.6", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_PostgreSQL_is_told_so()
    {
        _options = _options with { BinariesRoot = Path.Combine(_parent, "nowhere") };

        await Refused("POSTGRES_NOT_INSTALLED");
    }

    [Fact]
    public async Task A_cluster_whose_passwords_are_gone_is_not_made_anew()
    {
        var cluster = await Start();
        await PrivateCluster.Stop(_options, CancellationToken.None);
        File.Delete(Path.Combine(cluster.Directory, "secrets.json"));

        await Refused("SECRETS_MISSING");
    }

    [Fact]
    public async Task What_an_interrupted_initdb_left_is_thrown_away()
    {
        var unfinished = Path.Combine(_parent, "data", "main", "pgdata.new");
        Directory.CreateDirectory(unfinished);
        await File.WriteAllTextAsync(Path.Combine(unfinished, "PG_VERSION"), "15\n");

        var cluster = await Start();

        Assert.False(Directory.Exists(unfinished));
        Assert.Equal("1", await Scalar(cluster.AppConnectionString, "select '1'"));
    }

    [Fact]
    public async Task A_start_that_never_ends_elsewhere_is_not_waited_for_without_end()
    {
        await Start();
        _options = _options with { StartTimeout = TimeSpan.FromMilliseconds(300) };
        using var held = new FileStream(Path.Combine(_parent, "data", "main", "start.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        await Refused("START_LOCK_BUSY");
    }

    [Fact]
    public async Task One_host_per_directory()
    {
        using (await HostLock.Take(_parent, CancellationToken.None))
        {
            var refusal = await Assert.ThrowsAsync<PostgresUnavailableException>(() => HostLock.Take(_parent, CancellationToken.None, wait: TimeSpan.Zero));

            Assert.Equal("HOST_ALREADY_RUNNING", refusal.Code);
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
        }

        using var next = await HostLock.Take(_parent, CancellationToken.None, wait: TimeSpan.Zero);
        Assert.NotNull(next);
    }

    private Task<RunningCluster> Start() => PrivateCluster.EnsureRunning(_options, CancellationToken.None);

    private async Task<PostgresUnavailableException> Refused(string code)
    {
        var refusal = await Assert.ThrowsAsync<PostgresUnavailableException>(Start);
        Assert.Equal(code, refusal.Code);
        return refusal;
    }

    private static int Pid(RunningCluster cluster) =>
        int.Parse(File.ReadLines(Path.Combine(cluster.Directory, "pgdata", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        process.WaitForExit();
    }

    private static async Task<string?> Scalar(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
