using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Alur.Kafka.Tests;

/// <summary>Speaks TLS before a broker that does not, with a certificate for <c>localhost</c> that only who was told of it trusts.</summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly int _broker;
    private readonly Task _accepting;

    public TlsProxy(string broker)
    {
        _broker = new Uri("tcp://" + broker).Port;
        _certificate = Make();
        CertificateFile = Path.Combine(Directory.CreateTempSubdirectory("alur-tls-").FullName, "ca.pem");
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What vouches for it.</summary>
    public string CertificateFile { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _certificate.Dispose();
        _stop.Dispose();
        Directory.Delete(Path.GetDirectoryName(CertificateFile)!, recursive: true);
    }

    private static X509Certificate2 Make()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    private async Task Accept()
    {
        var carried = new List<Task>();
        try
        {
            while (true) carried.Add(Carry(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task Carry(TcpClient caller)
    {
        using var _ = caller;
        try
        {
            await using var outside = new SslStream(caller.GetStream());
            await outside.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            using var broker = new TcpClient();
            await broker.ConnectAsync(IPAddress.Loopback, _broker, _stop.Token);
            await Task.WhenAny(outside.CopyToAsync(broker.GetStream(), _stop.Token), broker.GetStream().CopyToAsync(outside, _stop.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
        {
            // The caller went away, which is what one does who does not trust us.
        }
    }
}
