using System.Text.Json.Nodes;
using Alur.Platform.Journal;

namespace Alur.Platform.Tests.Journal;

public sealed class EventTypesTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    private static readonly Func<JsonObject, JsonObject> Same = old => old;

    [Theory]
    [InlineData("""{"billId": "B-1", "amount": 150}""", null)]
    [InlineData("""{"billId": "B-1", "amount": 150.25, "paidOn": "2026-03-02", "method": "CASH", "items": ["a", "b"]}""", null)]
    [InlineData("""{"amount": 150}""", "metadata.billId is missing")]
    [InlineData(null, "metadata.billId is missing")]
    [InlineData("""{"billId": "B-1", "amount": "150"}""", "metadata.amount must be number")]
    [InlineData("""{"billId": "B-1", "amount": -1}""", "metadata.amount is too small or too large")]
    [InlineData("""{"billId": "B-1", "amount": 1, "patient": "Siti"}""", "metadata has a property that is not in the schema")]
    [InlineData("""{"billId": "B-1", "amount": 1, "paidOn": "yesterday"}""", "metadata.paidOn is not a date")]
    [InlineData("""{"billId": "B-1", "amount": 1, "method": "GOLD"}""", "metadata.method is none of the allowed values")]
    [InlineData("""{"billId": "B-1", "amount": 1, "items": ["a", 2]}""", "metadata.items[1] must be string")]
    [InlineData("""{"billId": "B-1", "amount": 1, "items": ["a", "b", "c", "d"]}""", "metadata.items has too few or too many items")]
    [InlineData("[1]", "metadata is not an object")]
    [InlineData("{", "the metadata is not JSON")]
    [InlineData("""{"billId": "B-1", "amount": 1e999999}""", "a number that cannot be stored")]
    public async Task Metadata_that_does_not_fit_its_type_is_refused_without_repeating_it(string? metadata, string? mistake)
    {
        var result = await desk.Append(JournalDesk.To(JournalDesk.NewVisit(), JournalDesk.Happened("PAYMENT_RECEIVED") with { Metadata = metadata }));

        Assert.Equal(mistake is null ? null : "METADATA_INVALID", result.Error?.Code);
        Assert.Contains(mistake ?? "", result.Error?.Message ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("Siti", result.Error?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"billId": "B\u0000", "amount": 1}""")]
    [InlineData("""{"billId": "B\ud800", "amount": 1}""")]
    public async Task Text_that_PostgreSQL_cannot_hold_is_refused_as_such(string metadata)
    {
        var result = await desk.Append(JournalDesk.To(JournalDesk.NewVisit(), JournalDesk.Happened("PAYMENT_RECEIVED") with { Metadata = metadata }));

        Assert.Equal("INVALID_TEXT", result.Error!.Code);
    }

    [Fact]
    [Trait("Spec", "C-117")]
    public async Task Entries_of_an_older_version_are_read_in_the_present_one_and_stay_as_they_were_written()
    {
        var visit = JournalDesk.NewVisit();
        var older = new EventTypes([new ModuleEventTypes("clinic", [new EventType("PAYMENT_RECEIVED", 1, "{}")])]);
        await using (var connection = await desk.Database.App.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await new AppendEntries(older).Run(tx, [JournalDesk.To(visit, JournalDesk.Happened("PAYMENT_RECEIVED") with { Metadata = """{"billId": "B-1", "total": 150}""" })]);
            await tx.CommitAsync();
        }

        var entry = Assert.Single(await desk.Read(visit));

        Assert.Equal(2, entry.SchemaVersion);
        Assert.Equal(150, (int)JsonNode.Parse(entry.Metadata!)!["amount"]!);
        Assert.Equal("150", await desk.Ask<string>($"select metadata ->> 'total' from journal.entries where stream_id = '{visit}' and schema_version = 1"));
        var read = await new ReadStream(desk.Database.App, older).Run(visit);
        Assert.Equal(1, read[0].SchemaVersion);
    }

    [Fact]
    public async Task The_registered_types_are_in_the_database_with_their_schemas()
    {
        await new MirrorEventTypes(desk.Types, desk.Database.App).Run(CancellationToken.None);

        Assert.Equal(["PAYMENT_RECEIVED 2 clinic", "QUEUE_JOINED 1 clinic", "VISIT_REGISTERED 1 clinic"],
            await desk.Ask<string[]>("select array_agg(name || ' ' || schema_version || ' ' || module order by name) from journal.event_types"));
        Assert.Equal("integer", await desk.Ask<string>("select schema #>> '{properties,number,type}' from journal.event_types where name = 'QUEUE_JOINED'"));
    }

    [Fact]
    public async Task A_schema_that_changed_without_a_new_version_stops_the_start()
    {
        var changed = new EventTypes([new ModuleEventTypes("clinic", [new EventType("QUEUE_JOINED", 1, """{"required": ["number"]}""")])]);
        var next = new EventTypes([new ModuleEventTypes("clinic", [new EventType("VISIT_REGISTERED", 2, "{}") { Upcasts = new Dictionary<int, Func<JsonObject, JsonObject>> { [1] = Same } }])]);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => new MirrorEventTypes(changed, desk.Database.App).Run(CancellationToken.None));

        Assert.Contains("QUEUE_JOINED, version 1", refusal.Message, StringComparison.Ordinal);
        await using var elsewhere = await Alur.Testing.TestDatabase.Create();
        await new MirrorEventTypes(next, elsewhere.App).Run(CancellationToken.None);
    }

    [Fact]
    public void Types_that_cannot_be_kept_are_refused_when_they_are_registered()
    {
        static string Why(params EventType[] types) => Assert.Throws<InvalidOperationException>(() => new EventTypes([new ModuleEventTypes("clinic", types)])).Message;

        Assert.Contains("registered twice", Why(new EventType("A", 1, "{}"), new EventType("A", 1, "{}")), StringComparison.Ordinal);
        Assert.Contains("how version 1 becomes version 2", Why(new EventType("A", 2, "{}")), StringComparison.Ordinal);
        Assert.Contains("no usable name", Why(new EventType("no name", 1, "{}")), StringComparison.Ordinal);
        Assert.Contains("schema.pattern is not understood", Why(new EventType("A", 1, """{"pattern": "^x"}""")), StringComparison.Ordinal);
        Assert.Contains("schema.type is not understood", Why(new EventType("A", 1, """{"type": "money"}""")), StringComparison.Ordinal);
        Assert.Contains("schema.properties.x.items is not an object", Why(new EventType("A", 1, """{"properties": {"x": {"items": 1}}}""")), StringComparison.Ordinal);
    }
}
