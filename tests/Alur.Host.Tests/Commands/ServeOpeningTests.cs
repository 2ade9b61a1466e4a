using System.Net;
using System.Net.Sockets;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

/// <summary>The first lines of a server: what a tired person sees when something is wrong, or is not what they thought.</summary>
public sealed class ServeOpeningTests
{
    private static readonly string[] Sending =
    [
        "--set", "Antrean:Sites:default:Mode=send", "--set", "Antrean:Sites:default:SendFrom=2026-11-20T00:00", "--set", "Antrean:Sites:default:Profile=khanza",
    ];

    [Theory]
    [InlineData("localhost:5081")]
    [InlineData("http://127.0.0.1:99999")]
    public async Task An_address_that_is_none_is_told_by_its_key(string url)
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start([.. data.Serve, "--set", $"urls={url}"]);

        Assert.Equal(2, await host.Ended());
        Assert.Equal($"alur: urls must be addresses such as http://127.0.0.1:5080, but is '{url}'", host.Errors.Trim());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line_that_says_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start([.. data.Serve, "--set", $"urls=http://{other.LocalEndpoint}"]);

        Assert.Equal(1, await host.Ended());
        Assert.Equal($"alur: http://{other.LocalEndpoint} is in use already. Stop the other program, or choose another address: --set urls=http://127.0.0.1:5081 [ADDRESS_IN_USE]", host.Errors.Trim());
    }

    [Fact]
    public async Task It_says_which_file_it_read_and_what_it_does_for_whom_but_no_password()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path + " of ours");
        var file = Path.Combine(data.Path + " of ours", "own.json");
        await File.WriteAllTextAsync(file, """{ "Antrean": { "Sites": { "default": { "Name": "RS Contoh", "Khanza": { "Host": "127.0.0.1", "Port": 9, "User": "alur", "Password": "geheim", "Database": "sik" } } } } }""");
        await using var host = HostProcess.Start([.. data.Serve, "--config", file]);
        await host.Line("Listening: ");

        Assert.Contains($"Configuration: {file}", host.Lines);
        Assert.Contains("Site default (RS Contoh): observes, nothing is sent; reads Khanza as alur on 127.0.0.1:9, database sik", host.Lines);
        Assert.DoesNotContain("geheim", host.Output + host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_without_an_account_says_that_nothing_is_sent_and_which_keys_are_missing()
    {
        await using var data = new EmbeddedDirectory();
        string[] site = [.. Sending, "--set", "Antrean:Sites:default:Bpjs:BaseUrl=http://127.0.0.1:9", "--set", "Antrean:Sites:default:Bpjs:ConsId=1"];
        await using var host = HostProcess.Start([.. data.Serve, .. site]);
        await host.Line("Listening: ");

        Assert.StartsWith(
            "Mode is send, but nothing is sent: Antrean:Sites:default:Bpjs:SecretKey, Antrean:Sites:default:Bpjs:UserKey not configured; ",
            await host.Line("Site default: "), StringComparison.Ordinal);
        Assert.Single(host.Errors.Split('\n'), line => line.Contains("Site default has Mode send, but nothing is sent. Not configured: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_that_rests_is_told_with_its_reason_and_the_command_that_resumes_it()
    {
        await using var database = await TestDatabase.Create();
        await using (var channel = database.Owner.CreateCommand("insert into delivery.channels (name, paused_until, paused_reason) values ('bpjs:default', '2999-01-01T00:00:00Z', 'Signature salah')"))
            await channel.ExecuteNonQueryAsync();
        string[] account = ["--set", "Antrean:Sites:default:Bpjs:BaseUrl=http://127.0.0.1:9", "--set", "Antrean:Sites:default:Bpjs:ConsId=1",
            "--set", "Antrean:Sites:default:Bpjs:SecretKey=geheim", "--set", "Antrean:Sites:default:Bpjs:UserKey=k"];
        await using var host = HostProcess.Start(
            ["serve", "--set", "urls=http://127.0.0.1:0", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", .. Sending, .. account]);
        var address = await host.Line("Listening: ");

        Assert.Contains("Site default: sending is paused until 2999-01-01 07:00:00 +07:00. Reason: Signature salah", host.Lines);
        Assert.Contains($"To resume it now: curl -X POST -H 'X-Api-Key: KEY' {address}/api/antrean/channels/default/resume", host.Lines);
    }

    [Theory]
    [Trait("Failure", "5.25")]
    [InlineData("644", true)]
    [InlineData("640", true)]
    [InlineData("600", false)]
    public async Task A_file_that_others_can_read_is_told_with_the_command_that_mends_it(string mode, bool told)
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path + " of ours");
        var file = Path.Combine(data.Path + " of ours", "own.json");
        await File.WriteAllTextAsync(file, "{}");
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32(mode, 8));
        await using var host = HostProcess.Start([.. data.Serve, "--config", file]);
        await host.Line("Listening: ");

        Assert.Equal(told, host.Lines.Contains($"Warning: other users of this machine can read {file}, which holds passwords. Run: chmod 600 '{file}'"));
    }

    [Fact]
    public async Task Without_a_file_it_says_where_it_looked()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        await host.Line("Listening: ");

        Assert.Contains("Configuration: there is no alur.json in /; only defaults, the environment and --set", host.Lines);
        Assert.Contains("Site default: observes, nothing is sent; Khanza is not read, as its Host, User, Database are not configured", host.Lines);
    }
}
