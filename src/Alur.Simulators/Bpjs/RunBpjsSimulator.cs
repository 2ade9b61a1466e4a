using System.Globalization;

namespace Alur.Simulators.Bpjs;

/// <summary>The stand-in as a process of its own: says where it listens, then runs until told to end.</summary>
public static class RunBpjsSimulator
{
    /// <summary>
    /// Runs until <paramref name="ct"/> is cancelled, the process <paramref name="parentPid"/> has gone, or (with
    /// <paramref name="endWithStdin"/>) standard input was closed. Prints one line <c>BPJS stand-in listening on http://127.0.0.1:PORT</c>.
    /// </summary>
    public static async Task<int> Run(BpjsSimulatorOptions options, int? parentPid, bool endWithStdin, CancellationToken ct)
    {
        await using var simulator = await BpjsSimulator.Start(options, ct);
        await Console.Out.WriteLineAsync($"BPJS stand-in listening on {simulator.Url}");
        await Console.Out.FlushAsync(CancellationToken.None); // whoever has read the line may end it at once, in order
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ends = new List<Task> { Quietly(Task.Delay(Timeout.Infinite, stop.Token)) };
        if (parentPid is { } pid)
        {
            ends.Add(Quietly(ParentGone(pid, stop.Token)));
        }

        if (endWithStdin)
        {
            // Reading standard input cannot be cancelled; the thread ends with the process.
            ends.Add(Task.Run(() => Console.In.ReadToEnd(), CancellationToken.None));
        }

        await Task.WhenAny(ends);
        await stop.CancelAsync();
        return 0;
    }

    /// <summary>Waits until the process has gone. Its start time tells it from a later process with the same number.</summary>
    private static async Task ParentGone(int pid, CancellationToken ct)
    {
        var born = Born(pid);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (born is not null && Born(pid) == born)
        {
            await timer.WaitForNextTickAsync(ct);
        }
    }

    /// <summary>When the process started, in the kernel's ticks; null when it has gone or is a zombie.</summary>
    private static string? Born(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            // The name in brackets may contain anything; the state and, 19 fields on, the start time follow it.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // told to end
        }
    }
}
