using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

public sealed class TailLoadTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    private const int Writers = 12;
    private const int Each = 40;

    private const string ByPositionAlone = "select position from journal.entries where position > $1 order by position";

    [Fact]
    public async Task Beside_slow_aborted_and_prepared_transactions_every_reader_gets_every_entry_once_and_in_order()
    {
        StreamId[] visits = [.. Enumerable.Range(0, 15).Select(_ => JournalDesk.NewVisit())];
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Read(done.Token)).ToList();
        var careless = ReadByPositionAlone(done.Token);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(seed => Write(visits, new Random(seed))));
        var committed = await desk.Ask<long[]>("select array_agg(position order by position) from journal.entries");
        await done.CancelAsync();

        foreach (var reader in readers)
        {
            var seen = await reader;
            Assert.Equal(committed, seen.Select(e => e.Position));
            Assert.All(seen.GroupBy(e => e.Stream), stream => Assert.Equal(Enumerable.Range(1, stream.Count()), stream.Select(e => e.Version)));
        }

        // The load is one that shows it: whoever goes by the position alone loses entries.
        Assert.True((await careless).Count < committed.Length, $"all {committed.Length} were seen by position alone");
    }

    private async Task Write(StreamId[] visits, Random random)
    {
        var append = new AppendEntries(desk.Types);
        for (var i = 0; i < Each; i++)
        {
            await using var connection = await desk.Database.App.OpenConnectionAsync();
            await using var tx = await connection.BeginTransactionAsync();
            var some = visits.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).OrderBy(v => v.Text, StringComparer.Ordinal);
            await append.Run(tx, [.. some.Select(v => JournalDesk.To(v, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => JournalDesk.Happened())]))]);
            if (random.Next(4) == 0) await Task.Delay(random.Next(1, 60));
            await End(tx, random);
        }
    }

    private async Task End(NpgsqlTransaction tx, Random random)
    {
        switch (random.Next(10))
        {
            case < 6:
                await tx.CommitAsync();
                break;
            case < 8:
                await tx.RollbackAsync();
                break;
            default:
                var name = $"alur-{Guid.NewGuid():N}";
                await using (var prepare = new NpgsqlCommand($"prepare transaction '{name}'", tx.Connection, tx)) await prepare.ExecuteNonQueryAsync();
                await Task.Delay(random.Next(1, 30));
                await JournalDesk.Execute(desk.Database.App, $"{(random.Next(3) == 0 ? "rollback" : "commit")} prepared '{name}'");
                break;
        }
    }

    /// <summary>Looks without a pause until everything is written, and then to the end.</summary>
    private async Task<List<JournalEntry>> Read(CancellationToken done)
    {
        var tail = new JournalTail(desk.Database.App, desk.Types);
        await using var connection = await desk.Database.App.OpenConnectionAsync(CancellationToken.None);
        var (horizon, seen, place, last) = (new TailHorizon(), new List<JournalEntry>(), 0L, false);
        while (!last)
        {
            last = done.IsCancellationRequested;
            var page = await tail.Look(connection, horizon, place, only: null, 50, CancellationToken.None);
            (place, last) = (page.ReadTo, last && page.AtEnd && !horizon.Waits);
            seen.AddRange(page.Entries);
        }

        return seen;
    }

    private async Task<List<long>> ReadByPositionAlone(CancellationToken done)
    {
        await using var connection = await desk.Database.App.OpenConnectionAsync(CancellationToken.None);
        var seen = new List<long>();
        while (!done.IsCancellationRequested)
        {
            await using var command = new NpgsqlCommand(ByPositionAlone, connection) { Parameters = { new() { Value = seen.LastOrDefault() } } };
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            while (await reader.ReadAsync(CancellationToken.None)) seen.Add(reader.GetInt64(0));
        }

        return seen;
    }
}
