using System.Globalization;
using Alur.Antrean.Bpjs;
using Alur.Benchmarks.Poll;
using Alur.MariaDb;

namespace Alur.Benchmarks.Latency;

/// <summary>
/// The limit at the same polling interval: every second one statement that reads only what can have changed, and each new task told to BPJS at once, with the same
/// client and concurrency. It remembers in memory, writes nothing down, judges nothing, and would lose and repeat as it likes.
/// </summary>
internal sealed class BareLoop(MariaDbDataSource khanza, BpjsClient bpjs, int concurrency, int first)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const string Tasks = """
        select no_rawat, 3, dikirim from mutasi_berkas where no_rawat >= '{from}' and no_rawat < '{until}' and dikirim > 0
        union all select no_rawat, 4, diterima from mutasi_berkas where no_rawat >= '{from}' and no_rawat < '{until}' and diterima > 0
        union all select no_rawat, 5, timestamp(tgl_perawatan, jam_rawat) from pemeriksaan_ralan where no_rawat >= '{from}' and no_rawat < '{until}'
        """;

    private readonly HashSet<(string, int)> _told = [];

    /// <summary>Until it has told so many.</summary>
    public async Task Run(int tasks, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            var fresh = (await Read(ct)).Where(t => _told.Add((t.Visit, t.Task))).ToList();
            // In order for each visit: a later task of the same visit waits for the next second.
            await Parallel.ForEachAsync(fresh, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct },
                async (task, cancel) => await bpjs.UpdateWaktu(task.Visit, task.Task, task.Moment, cancel));
        }
        while (_told.Count < tasks && await timer.WaitForNextTickAsync(ct));
    }

    private async Task<List<(string Visit, int Task, DateTimeOffset Moment)>> Read(CancellationToken ct)
    {
        var day = FillKhanza.Day(Latencies.Today);
        await using var command = khanza.CreateCommand(Tasks
            .Replace("{from}", string.Create(CultureInfo.InvariantCulture, $"{day}/{first:000000}"), StringComparison.Ordinal)
            .Replace("{until}", $"{day}/:", StringComparison.Ordinal));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tasks = new List<(string, int, DateTimeOffset)>();
        while (await reader.ReadAsync(ct))
            tasks.Add((reader.GetString(0), reader.GetInt32(1), new DateTimeOffset(reader.GetDateTime(2), TimeSpan.FromHours(7))));
        return tasks;
    }
}
