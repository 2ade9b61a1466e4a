using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Alur.MariaDb;
using Alur.Simulators.MariaDb;
using Alur.Testing;

namespace Alur.Simulators.Tests.MariaDb;

/// <summary>The place of a server that only these tests use, because they stop it, kill it and crowd it out.</summary>
public sealed class OwnServerPlace : IAsyncLifetime
{
    internal MariaDbServerOptions Options { get; private set; } = new("");

    public async ValueTask InitializeAsync() => Options = await MariaDbTestServer.Options("mariadb-own");

    public async ValueTask DisposeAsync() => await MariaDbServer.Stop(Options);
}

public sealed class MariaDbServerTests(OwnServerPlace place) : IClassFixture<OwnServerPlace>, IAsyncLifetime
{
    private readonly MariaDbServerOptions _options = place.Options;
    private MariaDbServer? _server;

    public async ValueTask InitializeAsync() => _server = await MariaDbServer.EnsureRunning(_options);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_running_server_is_adopted_whoever_asks_and_however_many_at_once()
    {
        MariaDbServer[] found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MariaDbServer.EnsureRunning(_options)));
        Assert.All(found, server => Assert.Equal((_server!.ProcessId, _server.Port, true), (server.ProcessId, server.Port, server.Adopted)));
    }

    [Fact]
    public async Task Several_starters_at_once_start_one_server()
    {
        await _server!.Stop();
        MariaDbServer[] found = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MariaDbServer.EnsureRunning(_options)));
        Assert.Single(found.Select(server => server.ProcessId).Distinct());
        Assert.Single(found, server => !server.Adopted);
    }

    [Fact]
    public async Task After_a_kill_the_data_accounts_and_port_are_still_there()
    {
        MariaDbDatabase database = await _server!.CreateDatabase("survivor");
        await Run(database.Writer, "create table visits (id int primary key) engine = innodb; insert into visits values (1), (2)");
        await _server.Kill();
        MariaDbServer again = await MariaDbServer.EnsureRunning(_options);
        Assert.Equal((_server.Port, false), (again.Port, again.Adopted));
        Assert.Equal("2", await Ask(database.Reader, "select count(*) from visits"));
    }

    [Fact]
    public async Task A_stale_pid_file_with_a_reused_number_blocks_nothing_and_harms_nobody()
    {
        await _server!.Kill();
        string pidFile = Path.Combine(_server.Directory, "mariadb.pid");
        await File.WriteAllTextAsync(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        MariaDbServer again = await MariaDbServer.EnsureRunning(_options);
        Assert.NotEqual(Environment.ProcessId, again.ProcessId);
        Assert.Equal(again.ProcessId.ToString(CultureInfo.InvariantCulture), (await File.ReadAllTextAsync(pidFile)).Trim());
    }

    [Fact]
    public async Task A_port_that_somebody_took_meanwhile_is_replaced()
    {
        await _server!.Stop();
        using var squatter = new TcpListener(IPAddress.Loopback, _server.Port);
        squatter.Start();
        MariaDbServer again = await MariaDbServer.EnsureRunning(_options);
        Assert.NotEqual(_server.Port, again.Port);
        Assert.Equal(again.Port.ToString(CultureInfo.InvariantCulture), await Ask(again.Root, "select @@port"));
    }

    [Fact]
    public async Task It_never_runs_as_root_and_is_reached_through_loopback_only()
    {
        string uids = (await File.ReadAllLinesAsync($"/proc/{_server!.ProcessId}/status")).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.DoesNotContain("0", uids.Split('\t')[1..]);
        Assert.Equal("127.0.0.1", await Ask(_server.Root, "select @@bind_address"));
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_password_and_the_administrator_not_over_the_network()
    {
        MariaDbConnectionOptions network = _server!.Root with { Socket = null, Host = _server.Host, Port = _server.Port };
        foreach (MariaDbConnectionOptions intruder in (MariaDbConnectionOptions[])
            [network, network with { Password = "" }, _server.Root with { Password = "" }, _server.Root with { User = "", Password = "" }, _server.Root with { User = "nobody", Password = "" }])
        {
            Assert.Contains((await Assert.ThrowsAsync<MariaDbException>(() => Ask(intruder, "select 1"))).Number, (int[])[1045, 1130]);
        }
    }

    [Fact]
    public async Task It_accepts_the_dates_that_Khanza_writes()
    {
        MariaDbDatabase database = await _server!.CreateDatabase("lenient");
        await Run(database.Writer, "create table t (v date); insert into t values ('0000-00-00'), ('2026-00-10')");
        Assert.Equal("2", await Ask(database.Reader, "select count(*) from t"));
    }

    [Fact]
    public async Task The_accounts_of_one_database_do_not_see_another()
    {
        // An underscore is a wildcard in a grant: onexdb must stay closed to the accounts of one_db.
        MariaDbDatabase one = await _server!.CreateDatabase("one_db");
        await _server.CreateDatabase("onexdb");
        Assert.Equal("information_schema,one_db", await Ask(one.Writer, "select group_concat(schema_name order by schema_name) from information_schema.schemata"));
    }

    [Fact]
    public async Task A_database_made_again_is_empty_and_its_old_passwords_are_void()
    {
        MariaDbDatabase before = await _server!.CreateDatabase("again");
        await Run(before.Writer, "create table t (v int)");
        MariaDbDatabase after = await _server.CreateDatabase("again");
        Assert.Equal("0", await Ask(after.Reader, "select count(*) from information_schema.tables where table_schema = 'again'"));
        await Assert.ThrowsAsync<MariaDbException>(() => Ask(before.Reader, "select 1"));
        await Assert.ThrowsAsync<ArgumentException>(() => _server.CreateDatabase("again`; drop database mysql; -- "));
    }

    [Fact]
    public async Task A_directory_too_deep_for_a_socket_address_gets_a_short_one_elsewhere()
    {
        MariaDbServerOptions deep = await MariaDbTestServer.Options(Path.Combine("mariadb-own-" + new string('d', 100)));
        MariaDbServer server = await MariaDbServer.EnsureRunning(deep);
        Assert.InRange(server.Socket.Length, 1, 106);
        Assert.Equal("1", await Ask(server.Root, "select 1"));
        Assert.True(await MariaDbServer.Stop(deep));
        Assert.False(await MariaDbServer.Stop(deep));
    }

    private static async Task<string> Ask(MariaDbConnectionOptions options, string sql)
    {
        await using var source = new MariaDbDataSource(options);
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture)!;
    }

    private static async Task Run(MariaDbConnectionOptions options, string script)
    {
        await using var source = new MariaDbDataSource(options);
        await using var command = source.CreateCommand(script);
        await command.ExecuteNonQueryAsync();
    }
}
