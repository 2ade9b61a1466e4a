using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>Servers that are not BPJS at all.</summary>
public sealed class BpjsClientEdgeTests
{
    [Fact]
    [Trait("Failure", "5.21")]
    public async Task A_certificate_that_does_not_verify_is_never_accepted()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var calls = 0;
        await using var server = await Serve(http => { calls++; return http.Response.WriteAsync("{}"); }, certificate);

        var reply = await Call(server);

        Assert.Equal(ReplyKind.NoAnswer, reply.Kind);
        Assert.Contains("certificate", reply.Message);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_credentials()
    {
        var paths = new List<string>();
        await using var server = await Serve(http =>
        {
            paths.Add(http.Request.Path);
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        var reply = await Call(server);

        Assert.Equal(AnswerMeaning.WrongAddress, BpjsAnswers.Classify(BpjsCall.List, reply));
        Assert.Equal(["/antrean/getlisttask"], paths);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var server = await Serve(async http =>
        {
            var piece = new byte[1024 * 1024];
            for (var i = 0; i < 64 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        });

        var reply = await Call(server);

        Assert.Equal((ReplyKind.NoAnswer, "an answer of more than 16 MB"), (reply.Kind, reply.Message));
    }

    [Fact]
    public async Task A_body_that_stops_in_the_middle_ends_with_the_time_out()
    {
        await using var server = await Serve(async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("{\"metadata\"");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });

        var reply = await Call(server);

        Assert.Equal((ReplyKind.NoAnswer, "no answer within 1 s"), (reply.Kind, reply.Message));
        Assert.InRange(reply.Duration, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_wait_that_a_busy_server_asks_for_is_kept()
    {
        await using var server = await Serve(http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = "17";
            return Task.CompletedTask;
        });

        Assert.Equal(TimeSpan.FromSeconds(17), (await Call(server)).RetryAfter);
    }

    // Now and then the framework gives an exception of its sockets for it, as if the program were wrong.
    [Fact]
    public async Task Somebody_who_hangs_up_as_soon_as_they_are_reached_has_not_answered()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start(backlog: 512);
        using var over = new CancellationTokenSource();
        var hangingUp = Task.Run(async () =>
        {
            while (true) (await listener.AcceptSocketAsync(over.Token)).Close(0);
        });
        using var client = new BpjsClient(new BpjsOptions { BaseUrl = $"http://{listener.LocalEndpoint}", ConsId = "1", SecretKey = "s", UserKey = "u", TimeoutSeconds = 10, MaxConcurrent = 16 });

        var replies = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => client.GetListTask("2026/11/20/000001", CancellationToken.None)));

        Assert.All(replies, reply => Assert.Equal(ReplyKind.NoAnswer, reply.Kind));
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hangingUp);
    }

    private static async Task<BpjsReply> Call(WebApplication server)
    {
        var url = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new BpjsClient(new BpjsOptions { BaseUrl = url, ConsId = "1", SecretKey = "s", UserKey = "u", TimeoutSeconds = 1 });
        return await client.GetListTask("2026/11/20/000001", CancellationToken.None);
    }

    private static async Task<WebApplication> Serve(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
