using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Alur.Platform.Postgres;
using Alur.Simulators.MariaDb;
using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>A private server with a certificate of a private authority.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    private string _directory = "";
    private MariaDbServer? _server;
    private MariaDbDatabase? _database;

    internal MariaDbConnectionOptions Reader => _database!.Reader;

    internal string PathOf(string name) => Path.Combine(_directory, name);

    public async ValueTask InitializeAsync()
    {
        MariaDbServerOptions options = await MariaDbTestServer.Options("mariadb-tls");
        _directory = Directory.CreateDirectory(options.Directory + "-certificates").FullName;
        using X509Certificate2 authority = MakeAuthority("trusted");
        await MakeServerCertificate(authority);
        using X509Certificate2 other = MakeAuthority("other");
        await MariaDbServer.Stop(options);
        _server = await MariaDbServer.EnsureRunning(options with
        {
            ExtraArguments = [$"--ssl-cert={PathOf("server.pem")}", $"--ssl-key={PathOf("server.key")}"],
        });
        _database = await _server.CreateDatabase("guarded");
    }

    public async ValueTask DisposeAsync() => await _server!.Stop();

    private X509Certificate2 MakeAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(PathOf($"{name}.pem"), authority.ExportCertificatePem());
        return authority;
    }

    private async Task MakeServerCertificate(X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), [1]);
        await File.WriteAllTextAsync(PathOf("server.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
        await ServerUser.Own(PathOf("server.key"), CancellationToken.None);
    }
}

/// <summary>Whoever asks for TLS gets a server that proved who it is, or nothing.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    [Fact]
    public async Task A_server_with_a_trusted_certificate_is_spoken_to_in_cipher()
    {
        await using var source = new MariaDbDataSource(Options(server.PathOf("trusted.pem")));
        Assert.NotEqual("", await source.Scalar("select variable_value from information_schema.session_status where variable_name = 'Ssl_cipher'"));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused() => await Refused(Options(server.PathOf("other.pem")));

    [Fact]
    public async Task A_certificate_for_another_host_is_refused() => await Refused(Options(server.PathOf("trusted.pem")) with { Host = "localhost" });

    [Fact]
    public async Task An_authority_that_the_system_does_not_know_is_refused_when_none_is_named() => await Refused(Options(ca: null));

    [Fact]
    public async Task A_missing_authority_file_is_named()
    {
        await using var source = new MariaDbDataSource(Options(server.PathOf("absent.pem")));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await source.OpenConnectionAsync());
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_when_TLS_is_asked_for()
    {
        await using MariaDbTestDatabase plain = await MariaDbTestServer.CreateDatabase();
        await Refused(plain.ReaderOptions with { Tls = MariaDbTls.Verified, TlsCa = server.PathOf("trusted.pem") });
    }

    private MariaDbConnectionOptions Options(string? ca) => server.Reader with { Tls = MariaDbTls.Verified, TlsCa = ca };

    private static async Task Refused(MariaDbConnectionOptions options)
    {
        await using var source = new MariaDbDataSource(options);
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Equal(2026, refused.Number);
    }
}
