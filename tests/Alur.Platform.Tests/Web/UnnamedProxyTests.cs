using System.Net;
using Alur.Platform.Doctor;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Tests.Delivery;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Tests.Web;

/// <summary>Whoever passes on the requests of others without being named makes one caller of all of them; somebody must hear of it.</summary>
public sealed class UnnamedProxyTests
{
    [Fact]
    public async Task Where_no_proxy_is_named_nobody_is_believed_and_the_log_says_so_once()
    {
        var (lines, seen) = (new KeptLines(), new UnnamedProxies());
        var heard = new List<string?>();
        var edge = new ClientAddress.UnnamedProxy(
            http =>
            {
                heard.Add(http.Connection.RemoteIpAddress?.ToString());
                return Task.CompletedTask;
            },
            Options.Create(new WebOptions()), seen, lines);
        for (var i = 0; i < 3; i++)
        {
            var http = new DefaultHttpContext();
            (http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"]) = (IPAddress.Loopback, $"198.51.100.{i}");
            await edge.InvokeAsync(http);
        }

        Assert.Equal(["127.0.0.1", "127.0.0.1", "127.0.0.1"], heard);
        Assert.Contains("Web:Proxies", Assert.Single(lines.Lines), StringComparison.Ordinal);
        Assert.Equal(IPAddress.Loopback, seen.Take());
        Assert.Null(seen.Take());
    }

    [Fact]
    public async Task The_doctor_names_a_proxy_that_no_setting_names_for_a_day_or_until_the_server_starts_again()
    {
        await using var database = await TestDatabase.Create();
        var (lines, seen, round) = (new KeptLines(), new UnnamedProxies(), new DoctorRound(Subject: null, database.App));
        using var told = new TellUnnamedProxies(seen, database.App, lines);
        var edge = new ClientAddress.UnnamedProxy(_ => Task.CompletedTask, Options.Create(new WebOptions { Proxies = ["10.0.0.0/24"] }), seen, lines);
        async Task Pass(string from)
        {
            var http = new DefaultHttpContext();
            (http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"]) = (IPAddress.Parse(from), "198.51.100.1");
            await edge.InvokeAsync(http);
            await told.Tell(default);
        }

        await Pass("10.0.0.7");
        await Pass("::ffff:10.0.0.8");
        Assert.Empty(await new CheckProxies().Run(round, default));

        await Pass("::ffff:192.0.2.9");
        var found = Assert.Single(await new CheckProxies().Run(round, default));
        Assert.Equal((FindingLevel.Warning, "web.proxies"), (found.Level, found.Check));
        Assert.Contains($"192.0.2.9 sends X-Forwarded-For to the server {Environment.MachineName}", found.Found.English, StringComparison.Ordinal);

        await database.Execute("update platform.unnamed_proxies set seen_at = now() - interval '25 hours'");
        Assert.Empty(await new CheckProxies().Run(round, default));
        await Pass("192.0.2.9");
        Assert.Single(await new CheckProxies().Run(round, default));
        using var again = new TellUnnamedProxies(new UnnamedProxies(), database.App, lines);
        await again.Tell(default);
        Assert.Empty(await new CheckProxies().Run(round, default));
    }
}
