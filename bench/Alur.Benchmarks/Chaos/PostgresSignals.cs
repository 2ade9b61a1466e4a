using System.Globalization;
using Alur.Host.Commands.Demo;

namespace Alur.Benchmarks.Chaos;

/// <summary>Ends PostgreSQL in ways that it has no say in.</summary>
internal static class PostgresSignals
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends the blow's signal, and waits until the server process has gone unless only one session is hit.</summary>
    public static async Task Send(Blow blow, int server, int which, CancellationToken ct)
    {
        if (blow == Blow.KillSession)
        {
            var sessions = Children(server);
            if (sessions.Count > 0)
                DemoChild.Signal(sessions[which % sessions.Count], "KILL");
            return;
        }

        DemoChild.Signal(server, blow == Blow.KillPostgres ? "KILL" : "QUIT");
        var until = DateTimeOffset.UtcNow + Patience;
        while (Directory.Exists($"/proc/{server}") && DateTimeOffset.UtcNow < until)
            await Task.Delay(20, ct);
    }

    private static List<int> Children(int server) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var number) ? number : 0
           where pid > 0 && ParentOf(pid) == server
           orderby pid
           select pid,
    ];

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // ended meanwhile
        }
    }
}
