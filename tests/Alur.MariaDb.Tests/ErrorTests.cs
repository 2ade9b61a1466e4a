using System.Data;
using System.Net;
using System.Net.Sockets;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Tests;

public sealed class ErrorTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("select * from no_such_table", 1146, "42S02")]
    [InlineData("selec 1", 1064, "42000")]
    [InlineData("select no_such_column from (select 1) t", 1054, "42S22")]
    [InlineData("select * from mysql.global_priv", 1142, "42000")]
    public async Task A_refused_statement_says_why_and_leaves_the_connection_usable(string sql, int number, string sqlState)
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        foreach (object?[] parameters in (object?[][])[[], [1]])
        {
            string filter = parameters.Length == 0 ? "" : " where 1 = ?";
            await using MariaDbCommand command = connection.Command(sql + filter, parameters);
            var refused = await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteReaderAsync());
            Assert.Equal((number, number, sqlState, false), (refused.Number, refused.ErrorCode, refused.SqlState, refused.IsTransient));
            Assert.Equal(MariaDbFailure.Refused, refused.Failure);
            Assert.NotEmpty(refused.Message);
            Assert.Equal(ConnectionState.Open, connection.State);
        }
        Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("select 1", "guessed", 1045)]
    [InlineData("select * from no_such_table", null, 1146)]
    [InlineData("select sleep(20)", null, 1317)]
    public async Task A_server_with_a_label_is_named_in_every_failure(string sql, string? password, int number)
    {
        MariaDbConnectionOptions options = server.Database.ReaderOptions;
        await using var source = new MariaDbDataSource(options with { Label = "Khanza on the shelf", Password = password ?? options.Password, CommandTimeout = TimeSpan.FromSeconds(1) });
        var failure = await Assert.ThrowsAsync<MariaDbException>(() => source.Run(sql));
        Assert.StartsWith("Khanza on the shelf: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal((number, number == 1317), (failure.Number, failure.IsTimeout));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_for_good()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Password = "guessed" });
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Equal((MariaDbFailure.LoginRefused, 1045, false), (refused.Failure, refused.Number, refused.IsTransient));
        Assert.DoesNotContain("guessed", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_database_is_refused_at_the_login()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Database = "no_such_database" });
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Contains(refused.Number, (int[])[1044, 1049]);
        Assert.Equal((MariaDbFailure.LoginRefused, false), (refused.Failure, refused.IsTransient));
    }

    [Fact]
    public async Task An_account_from_another_address_or_a_locked_one_is_refused_at_the_login()
    {
        string name = $"{server.Database.Name[^8..]}_away";
        await server.Database.Server.RunAsRoot($"""
            create or replace user '{name}'@'10.99.99.99' identified by 'x';
            create or replace user '{name}_locked'@'%' identified by 'x' account lock
            """);
        foreach (string user in (string[])[name, $"{name}_locked"])
        {
            await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { User = user, Password = "x", Database = null });
            Assert.Equal(MariaDbFailure.LoginRefused, (await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync())).Failure);
        }
        await server.Database.Server.RunAsRoot($"drop user '{name}'@'10.99.99.99', '{name}_locked'@'%'");
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_transient_failure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Port = port });
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.True(refused.IsTransient && refused.Failure == MariaDbFailure.Unreachable, refused.ToString());
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_named()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Host = "khanza.invalid" });
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("khanza.invalid", refused.Message, StringComparison.Ordinal);
        Assert.Equal((MariaDbFailure.Unreachable, true), (refused.Failure, refused.IsTransient));
    }

    [Fact]
    public async Task A_server_that_accepts_and_stays_silent_is_given_up_on_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Port = port, ConnectTimeout = TimeSpan.FromSeconds(1) });
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync()).WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal((MariaDbFailure.Unreachable, true), (refused.Failure, refused.IsTransient));
    }

    [Fact]
    public async Task An_attempt_to_connect_can_be_cancelled_and_counts_until_it_ends()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { Port = port, ConnectTimeout = TimeSpan.FromSeconds(20), MaxPoolSize = 1, PoolTimeout = TimeSpan.Zero });
        using var cancel = new CancellationTokenSource();
        Task opening = source.OpenConnectionAsync(cancel.Token).AsTask();
        using Socket accepted = await silent.AcceptSocketAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(TimeSpan.FromSeconds(5)));
        // Impatient callers must not be able to pile up attempts on a server that does not answer.
        Assert.Equal(MariaDbFailure.TooManyConnections, (await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync())).Failure);
        accepted.Close();
        await Eventually.True(async () => (await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync(new CancellationToken(canceled: false)))).Failure != MariaDbFailure.TooManyConnections);
    }

    [Fact]
    public async Task A_server_cannot_ask_for_files_of_this_machine()
    {
        await server.Database.Execute("create or replace table taken (line text)");
        await Assert.ThrowsAsync<MariaDbException>(() => server.Writer.Run("load data local infile '/etc/hostname' into table taken"));
        Assert.Equal(0L, await server.Reader.Number("select count(*) from taken"));
    }

    [Fact]
    public void A_missing_client_library_names_its_package() =>
        Assert.Contains("libmariadb3", Assert.Throws<DllNotFoundException>(() => LibraryLocation.Load("libmariadb.so.none")).Message, StringComparison.Ordinal);

    [Fact]
    public void Connection_settings_are_read_and_never_show_the_password()
    {
        var options = MariaDbConnectionOptions.Parse("Host=db.rs.id;Port=3307;User=alur;Password=p;w=;Database=sik;Command Timeout=7;Tls=verified".Replace("p;w=", "\"p;w=\"", StringComparison.Ordinal));
        Assert.Equal(("db.rs.id", 3307, "alur", "p;w=", "sik"), (options.Host, options.Port, options.User, options.Password, options.Database));
        Assert.Equal((TimeSpan.FromSeconds(7), MariaDbTls.Verified), (options.CommandTimeout, options.Tls));
        Assert.DoesNotContain("p;w=", options.ToString(), StringComparison.Ordinal);
        Assert.Contains("Sslmode", Assert.Throws<ArgumentException>(() => MariaDbConnectionOptions.Parse("Sslmode=none")).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("port", Assert.Throws<ArgumentException>(() => MariaDbConnectionOptions.Parse("Port=many")).Message, StringComparison.Ordinal);
    }
}
