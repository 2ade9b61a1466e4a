using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

/// <summary>Appending inside a statement that changes many rows.</summary>
public sealed class AppendSetTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    // A row of $1 is a stream; it gets its number of entries, in whatever order the rows come.
    private const string Append = $$"""
        with entering as materialized (
            select journal.new_id() as id, t.stream_id, n as nth, 'QUEUE_JOINED' as type, 1 as schema_version, jsonb_build_object('number', n) as metadata,
                   'desk' as performed_by, 'SYSTEM' as actor_kind
            from unnest($1, $2) as t(stream_id, entries), generate_series(t.entries, 1, -1) n
        )
        {{AppendSet.Sql}}
        select count(*) from entering
        """;

    [Fact]
    public async Task A_set_gets_versions_without_gaps_in_the_order_that_it_names()
    {
        var (first, second) = (JournalDesk.NewVisit(), JournalDesk.NewVisit());
        await desk.Append(JournalDesk.To(second));

        await Run([first.Text, second.Text], [3, 2]);

        var entries = await desk.Read(first);
        Assert.Equal([(1, "1"), (2, "2"), (3, "3")], entries.Select(e => (e.Version, e.Metadata![^2..^1])));
        Assert.Equal([1, 2, 3], (await desk.Read(second)).Select(e => e.Version));
        Assert.All(entries, e => Assert.Equal((7, "desk"), (e.Id.Version, e.PerformedBy.Id)));
        Assert.All(entries, e => Assert.InRange(Milliseconds(e.Id) - e.RecordedAt.ToUnixTimeMilliseconds(), -60_000, 60_000));
        Assert.Equal(entries.OrderBy(e => e.Position), entries);
    }

    [Fact]
    public async Task Sets_that_share_streams_and_single_appends_take_turns_and_all_succeed()
    {
        var streams = Enumerable.Range(0, 20).Select(_ => JournalDesk.NewVisit()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 25; i++)
            {
                var some = random.GetItems(streams, 6).Distinct().Select(s => s.Text).ToArray();
                if (writer % 4 == 3) Assert.True((await desk.Append(JournalDesk.To(streams[random.Next(20)]))).Ok);
                else await Run(some, [.. some.Select(_ => 1 + random.Next(3))]);
            }
        })));

        foreach (var stream in streams)
        {
            var entries = await desk.Read(stream);
            Assert.Equal(Enumerable.Range(1, entries.Count), entries.Select(e => e.Version));
            Assert.Equal(entries.OrderBy(e => e.Position), entries);
        }
    }

    private async Task Run(string[] streams, int[] entries)
    {
        await using var command = desk.Database.App.CreateCommand(Append);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = streams });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = entries });
        Assert.Equal((long)entries.Sum(), await command.ExecuteScalarAsync());
    }

    private static long Milliseconds(Guid id) => Convert.ToInt64(id.ToString("N")[..12], 16);
}
