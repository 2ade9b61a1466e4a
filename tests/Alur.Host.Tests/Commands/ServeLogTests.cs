using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

/// <summary>What a running server says on the first day, to a person and in its log.</summary>
public sealed partial class ServeLogTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Wrong_API_keys_are_one_line_in_the_log_however_many_there_are()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        var address = await host.Line("Listening: ");

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask($"{address}/api/antrean/sites", i % 3 == 0 ? "" : $"alur_guess{i}"));
        }

        await host.Terminate();
        var line = Assert.Single(Messages(host), message => message.Contains("API key", StringComparison.OrdinalIgnoreCase) || message.Contains("ApiKey", StringComparison.Ordinal));
        Assert.Equal("1 request(s) with an unknown or revoked API key were refused, the last one from 127.0.0.1. This line appears at most once a minute.", line);
    }

    [Fact]
    public async Task The_command_to_try_is_the_READMEs_and_works_before_anything_was_read()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        var printed = await host.Line("Try it: ");
        var address = await host.Line("Listening: ");

        var (key, url) = (Header().Match(printed).Groups["key"].Value, Address().Match(printed).Value);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("X-Api-Key", key);
        using var answer = await Http.SendAsync(request);

        Assert.Empty(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray());
        Assert.Contains(host.Lines, line => line.StartsWith("An empty \"data\" means", StringComparison.Ordinal));
        var example = printed.Replace(key, "KEY", StringComparison.Ordinal).Replace(address, "http://127.0.0.1:5080", StringComparison.Ordinal);
        Assert.Contains($"\n{example}\n", await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Khanza_that_cannot_be_reached_is_named_with_its_address_and_site()
    {
        await using var data = new EmbeddedDirectory();
        string[] khanza = ["--set", "Antrean:Sites:default:Khanza:Host=127.0.0.1", "--set", "Antrean:Sites:default:Khanza:Port=9", "--set", "Antrean:Sites:default:Khanza:User=alur", "--set", "Antrean:Sites:default:Khanza:Database=sik"];
        await using var host = HostProcess.Start([.. data.Serve, .. khanza]);
        await host.Line("Listening: ");

        await Eventually(() => Messages(host).Any(message => message.StartsWith("antrean.poll:default failed (Khanza on 127.0.0.1:9: ", StringComparison.Ordinal)), host);
    }

    private static async Task<HttpStatusCode> Ask(string url, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (key.Length > 0)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static List<string> Messages(HostProcess host) =>
        [.. host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["Message"]!)];

    private static async Task Eventually(Func<bool> condition, HostProcess host)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (!condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"It did not happen in time: {host.Errors}");
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("X-Api-Key: (?<key>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Header();

    [GeneratedRegex("http://[^']+", RegexOptions.None, 1000)]
    private static partial Regex Address();
}
