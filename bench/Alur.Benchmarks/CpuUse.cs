using System.Globalization;
using Npgsql;

namespace Alur.Benchmarks;

/// <summary>Processor time so far of the three parties. Unlike the clock on the wall it does not mind what else the machine does.</summary>
internal sealed record CpuUse(TimeSpan Own, TimeSpan Other, TimeSpan Database)
{
    private const string OwnBackend = "select pg_backend_pid()";
    private const double TicksPerSecond = 100; // USER_HZ, the unit of /proc on Linux

    /// <summary>Reads /proc as of now.</summary>
    /// <param name="source">Any connection to the cluster; its backend's parent is the server.</param>
    /// <param name="other">Process id of whoever else takes part: the destination, or MariaDB.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<CpuUse> Read(NpgsqlDataSource source, int other, CancellationToken ct) => Read(source, Environment.ProcessId, other, ct);

    /// <summary>The same where our part is another process than this one.</summary>
    public static async Task<CpuUse> Read(NpgsqlDataSource source, int own, int other, CancellationToken ct)
    {
        await using var command = source.CreateCommand(OwnBackend);
        var backend = (int)(await command.ExecuteScalarAsync(ct))!;
        var processes = Directory.EnumerateDirectories("/proc").Select(path => Stat(Path.GetFileName(path))).OfType<Process>().ToList();
        var server = processes.Single(process => process.Id == backend).Parent;
        return new CpuUse(
            processes.Single(process => process.Id == own).Own,
            processes.Single(process => process.Id == other).Own,
            processes.Where(process => process.Id == server || process.Parent == server)
                .Aggregate(TimeSpan.Zero, (sum, process) => sum + process.Own + process.EndedChildren));
    }

    /// <summary>What was used between two readings.</summary>
    public static CpuUse operator -(CpuUse later, CpuUse earlier) =>
        new(later.Own - earlier.Own, later.Other - earlier.Other, later.Database - earlier.Database);

    /// <summary>The sum of two uses.</summary>
    public static CpuUse operator +(CpuUse one, CpuUse other) => new(one.Own + other.Own, one.Other + other.Other, one.Database + other.Database);

    /// <summary>Of all three.</summary>
    public TimeSpan Total => Own + Other + Database;

    /// <summary>The share of one of <paramref name="times"/> equal pieces of work.</summary>
    public CpuUse Per(double times) => new(Own / times, Other / times, Database / times);

    private sealed record Process(int Id, int Parent, TimeSpan Own, TimeSpan EndedChildren);

    private static Process? Stat(string id)
    {
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        try
        {
            // Fields after the name in brackets: state, parent, …, utime (12th), stime, cutime, cstime.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            TimeSpan Ticks(int first) => TimeSpan.FromSeconds((Number(fields[first]) + Number(fields[first + 1])) / TicksPerSecond);
            return new Process(number, (int)Number(fields[1]), Ticks(11), Ticks(13));
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
