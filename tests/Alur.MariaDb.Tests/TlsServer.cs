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
    private X509Certificate2? _authority;
    private MariaDbServer? _server;
    private MariaDbDatabase? _database;

    internal MariaDbConnectionOptions Reader => _database!.Reader;

    internal string PathOf(string name) => Path.Combine(_directory, name);

    public async ValueTask InitializeAsync()
    {
        MariaDbServerOptions options = await MariaDbTestServer.Options("mariadb-tls");
        _directory = Directory.CreateDirectory(options.Directory + "-certificates").FullName;
        _authority = MakeAuthority("trusted");
        await MakeServerCertificate(IPAddress.Loopback.ToString(), TimeSpan.FromHours(12));
        using X509Certificate2 other = MakeAuthority("other");
        await MariaDbServer.Stop(options);
        _server = await MariaDbServer.EnsureRunning(options with
        {
            ExtraArguments = [$"--ssl-cert={PathOf("server.pem")}", $"--ssl-key={PathOf("server.key")}"],
        });
        _database = await _server.CreateDatabase("guarded");
    }

    public async ValueTask DisposeAsync()
    {
        _authority?.Dispose();
        await _server!.Stop();
    }

    /// <summary>The running server shows another certificate of the trusted authority; disposing brings the right one back.</summary>
    internal async Task<IAsyncDisposable> Show(string host, TimeSpan validFor)
    {
        await MakeServerCertificate(host, validFor);
        await _server!.RunAsRoot("flush ssl");
        return new Restore(this);
    }

    private X509Certificate2 MakeAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(PathOf($"{name}.pem"), authority.ExportCertificatePem());
        return authority;
    }

    private async Task MakeServerCertificate(string host, TimeSpan validFor)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_authority!, DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow + validFor, [1]);
        await File.WriteAllTextAsync(PathOf("server.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
        await ServerUser.Own(PathOf("server.key"), CancellationToken.None);
    }

    private sealed class Restore(TlsServer server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await server.Show(IPAddress.Loopback.ToString(), TimeSpan.FromHours(12));
    }
}
