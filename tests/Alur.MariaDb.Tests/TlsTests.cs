using System.Data;
using System.Net;
using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>Whoever asks for TLS gets a server that proved who it is, or nothing.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private const string AskCipher = "select variable_value from information_schema.session_status where variable_name = 'Ssl_cipher'";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_server_with_a_trusted_certificate_is_spoken_to_in_cipher()
    {
        await using var source = new MariaDbDataSource(Trusting("trusted.pem"));
        Assert.NotEqual("", await source.Scalar(AskCipher));
    }

    [Fact]
    public async Task A_pooled_connection_stays_in_cipher()
    {
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { MaxPoolSize = 1 });
        long first = await source.Number("select connection_id()");
        Assert.NotEqual("", await source.Scalar(AskCipher));
        Assert.Equal(first, await source.Number("select connection_id()"));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused() => await Refused(Trusting("other.pem"));

    [Fact]
    public async Task A_certificate_for_another_host_is_refused() => await Refused(Trusting("trusted.pem") with { Host = "localhost" });

    [Fact]
    public async Task A_certificate_for_the_host_name_is_accepted_under_that_name()
    {
        await using IAsyncDisposable restore = await server.Show("localhost", TimeSpan.FromHours(1));
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Host = "localhost" });
        Assert.NotEqual("", await source.Scalar(AskCipher));
    }

    [Fact]
    public async Task A_certificate_for_another_address_is_refused()
    {
        // Not 127.0.0.1: from 3.4 on Connector/C takes whoever answers there for the machine that was meant.
        IPAddress elsewhere = IPAddress.Parse("127.0.0.2");
        await using var relay = new Relay(server.Reader.Port, elsewhere);
        await Refused(Trusting("trusted.pem") with { Host = elsewhere.ToString(), Port = relay.Port });
        await using IAsyncDisposable restore = await server.Show(elsewhere.ToString(), TimeSpan.FromHours(1));
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Host = elsewhere.ToString(), Port = relay.Port });
        Assert.NotEqual("", await source.Scalar(AskCipher));
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_refused()
    {
        await using IAsyncDisposable restore = await server.Show("127.0.0.1", TimeSpan.FromDays(-1));
        await Refused(Trusting("trusted.pem"));
    }

    [Fact]
    public async Task An_authority_that_the_system_does_not_know_is_refused_when_none_is_named() =>
        await Refused(server.Reader with { Tls = MariaDbTls.Verified });

    [Fact]
    public async Task An_authority_file_that_is_missing_or_holds_no_certificate_is_named()
    {
        await File.WriteAllTextAsync(server.PathOf("note.pem"), "ask the network team");
        Assert.Contains("absent.pem", (await Refused(Trusting("absent.pem"))).Message, StringComparison.Ordinal);
        Assert.Contains("note.pem", (await Refused(Trusting("note.pem"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_authority_file_does_not_open_the_door()
    {
        await File.WriteAllTextAsync(server.PathOf("damaged.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        await Refused(Trusting("damaged.pem"));
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_when_TLS_is_asked_for()
    {
        await using MariaDbTestDatabase plain = await MariaDbTestServer.CreateDatabase();
        await Refused(plain.ReaderOptions with { Tls = MariaDbTls.Verified, TlsCa = server.PathOf("trusted.pem") });
    }

    [Fact]
    public async Task Somebody_in_between_who_hides_that_the_server_offers_TLS_gets_nothing()
    {
        await using var relay = new Relay(server.Reader.Port) { Greeting = WithoutTls };
        await Refused(Trusting("trusted.pem") with { Port = relay.Port });
        // The same greeting, and plain text is spoken: so it was the missing offer that was refused.
        await using var careless = new MariaDbDataSource(server.Reader with { Port = relay.Port });
        Assert.Equal("", await careless.Scalar(AskCipher));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_cut_off_in_cipher_is_an_error_and_never_a_shorter_answer(bool hard)
    {
        foreach (long cut in (long[])[0, 60, 700, 1_500, 3_001, 40_000, 1_000_000])
        {
            await using var relay = new Relay(server.Reader.Port) { CutAfter = cut, CutHard = hard };
            await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Port = relay.Port });
            var broken = await Assert.ThrowsAsync<MariaDbException>(() => Count(source));
            Assert.True(broken.Failure != MariaDbFailure.Refused, $"Cut after {cut} bytes: {broken.Failure}, {broken.Number}, {broken.Message}");
            if (cut >= 40_000)
                Assert.Equal((MariaDbFailure.ConnectionLost, true), (broken.Failure, broken.IsTransient));
        }
    }

    [Fact]
    public async Task A_query_in_cipher_is_cancelled_as_any_other()
    {
        await using var source = new MariaDbDataSource(Trusting("trusted.pem"));
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command("select count(*) from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq <> b.seq");
        command.CommandTimeout = 1;
        Assert.Equal(MariaDbFailure.TimedOut, (await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteScalarAsync().WaitAsync(Bound))).Failure);
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.NotEqual("", await connection.Command(AskCipher).ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_network_that_swallows_everything_ends_a_read_in_cipher_as_a_time_out()
    {
        await using var relay = new Relay(server.Reader.Port) { SwallowAfter = 1_000_000 };
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Port = relay.Port, CommandTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(MariaDbFailure.TimedOut, (await Assert.ThrowsAsync<MariaDbException>(() => Count(source).WaitAsync(Bound))).Failure);
    }

    [Theory]
    [InlineData(MariaDbTls.Off)]
    [InlineData(MariaDbTls.Verified)]
    public async Task The_patience_of_connecting_does_not_limit_queries(MariaDbTls tls)
    {
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Tls = tls, ConnectTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(0L, await source.Number("select sleep(2.5)"));
    }

    [Theory]
    [InlineData(MariaDbTls.Off, 85)]
    [InlineData(MariaDbTls.Off, 115)]
    [InlineData(MariaDbTls.Verified, 85)]
    [InlineData(MariaDbTls.Verified, 300)]
    [InlineData(MariaDbTls.Verified, 900)]
    public async Task A_greeting_that_stops_half_way_is_given_up_on_in_time(MariaDbTls tls, long swallowAfter)
    {
        await using var relay = new Relay(server.Reader.Port) { SwallowAfter = swallowAfter };
        await using var source = new MariaDbDataSource(Trusting("trusted.pem") with { Port = relay.Port, Tls = tls, ConnectTimeout = TimeSpan.FromSeconds(1) });
        var given = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync().AsTask().WaitAsync(Bound));
        Assert.True(relay.Swallowing.IsCompleted);
        Assert.True(given.Failure is MariaDbFailure.Unreachable, $"{given.Failure}, {given.Number}, {given.Message}");
    }

    private MariaDbConnectionOptions Trusting(string authority) => server.Reader with { Tls = MariaDbTls.Verified, TlsCa = server.PathOf(authority) };

    private static async Task<int> Count(MariaDbDataSource source)
    {
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select seq, repeat('x', 200) from seq_1_to_200000").ExecuteReaderAsync();
        int rows = 0;
        while (await reader.ReadAsync())
            rows++;
        return rows;
    }

    /// <summary>Takes the flag CLIENT_SSL out of the server's greeting: header, protocol, version, thread, salt, filler, flags.</summary>
    private static void WithoutTls(Memory<byte> greeting)
    {
        int flags = greeting.Span[5..].IndexOf((byte)0) + 5 + 1 + 4 + 8 + 1;
        greeting.Span[flags + 1] &= 0xF7;
    }

    private static async Task<MariaDbException> Refused(MariaDbConnectionOptions options)
    {
        await using var source = new MariaDbDataSource(options);
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Equal((MariaDbFailure.NotTrusted, 2026, false), (refused.Failure, refused.Number, refused.IsTransient));
        return refused;
    }
}
