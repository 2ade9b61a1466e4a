using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class SimulateBpjsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_stand_in_says_where_it_listens_and_ends_when_its_input_is_closed()
    {
        using var simulator = Start("--end-with-stdin");
        var line = await simulator.StandardOutput.ReadLineAsync();
        using var http = new HttpClient();

        var counts = await http.GetStringAsync($"{line!.Replace("BPJS stand-in listening on ", "", StringComparison.Ordinal)}/_control/counts");
        simulator.StandardInput.Close();

        Assert.StartsWith("BPJS stand-in listening on http://127.0.0.1:", line);
        Assert.Contains("\"bookings\":0", counts);
        Assert.Equal(0, await End(simulator));
    }

    [Fact]
    public async Task The_stand_in_ends_when_its_parent_has_gone()
    {
        using var parent = Process.Start(new ProcessStartInfo("cat") { UseShellExecute = false, RedirectStandardInput = true })!;
        using var simulator = Start("--parent-pid", parent.Id.ToString(CultureInfo.InvariantCulture));
        Assert.NotNull(await simulator.StandardOutput.ReadLineAsync());

        parent.Kill();

        Assert.Equal(0, await End(simulator));
    }

    [Fact]
    public async Task The_stand_in_ends_on_a_polite_request()
    {
        using var simulator = Start();
        Assert.NotNull(await simulator.StandardOutput.ReadLineAsync());

        Signals.Send(simulator, "TERM");

        Assert.Equal(0, await End(simulator));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_the_option_that_chooses_another()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, output, errors) = await HostProcess.Run("simulate", "bpjs", "--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal($"alur: http://127.0.0.1:{port} is in use already. Stop the other program, or choose another port with --port (0 takes a free one). [ADDRESS_IN_USE]", errors.Trim());
    }

    private static Process Start(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Alur.Host.dll"), "simulate", "bpjs", .. options])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<int> End(Process process)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return -1;
        }
    }
}
