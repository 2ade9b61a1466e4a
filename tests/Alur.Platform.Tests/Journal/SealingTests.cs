using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;
using Alur.Platform.Leases;
using Alur.Platform.Results;
using Alur.Testing;

namespace Alur.Platform.Tests.Journal;

public sealed class SealingTests : IAsyncLifetime
{
    private readonly JournalDesk _desk = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("alur-seal-").FullName;
    private readonly SealKey _key = new();
    private StreamId _visit = JournalDesk.NewVisit();

    public async ValueTask InitializeAsync()
    {
        await _desk.InitializeAsync();
        _key.Use(Path.Combine(_folder, "seal.pem"));
        for (var i = 0; i < 3; i++)
        {
            await _desk.Append(JournalDesk.To(_visit, JournalDesk.Happened("VISIT_REGISTERED", i) with { Description = "Ruang \"5\" — é" }, JournalDesk.Happened()), JournalDesk.To(JournalDesk.NewVisit()));
            await Seal();
        }

        await _desk.Append(JournalDesk.To(_visit, JournalDesk.Happened("PAYMENT_RECEIVED") with { Metadata = """{"amount": 150.50, "billId": "B-1"}""", CorrelationId = Guid.NewGuid() }));
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await _desk.DisposeAsync();
    }

    [Fact]
    public async Task An_export_is_verified_without_the_database_and_says_what_is_not_sealed_yet()
    {
        var (text, exported) = await Export();

        var verified = await Verify(text);

        Assert.Empty(verified.Mistakes);
        Assert.Equal((10, 3, 1), (verified.Entries, verified.Blocks, verified.Unsealed));
        Assert.Equal((exported.Entries, exported.Blocks, exported.Unsealed, exported.Head), (verified.Entries, verified.Blocks, verified.Unsealed, verified.Head));
        Assert.Empty((await VerifyExport.Run(new StringReader(text), exported.Head, exported.Keys[0], CancellationToken.None)).Mistakes);
    }

    [Theory]
    [InlineData("description", "other")]
    [InlineData("performedAt", 1L)]
    [InlineData("recordedAt", 1L)]
    [InlineData("performedBy", "somebody else")]
    [InlineData("actorKind", "SYSTEM")]
    [InlineData("metadata", "{}")]
    [InlineData("type", "QUEUE_JOINED")]
    [InlineData("correlationId", "00000000-0000-0000-0000-000000000000")]
    [InlineData("corrects", 1)]
    [InlineData("schemaVersion", 7)]
    public async Task Whatever_is_changed_in_a_sealed_entry_is_named(string field, object value)
    {
        var lines = Lines((await Export()).Text);
        var entry = lines.First(l => (string?)l["entry"]?["streamId"] == _visit.Text);
        entry["entry"]![field] = JsonValue.Create(value);

        var mistake = Assert.Single((await Verify(lines)).Mistakes);

        Assert.Equal($"The entry at position {entry["entry"]!["position"]} ({_visit}, version 1) was changed after block 1 had sealed it.", mistake);
    }

    [Fact]
    public async Task What_the_owner_changes_behind_the_triggers_is_named_too()
    {
        await JournalDesk.Execute(_desk.Database.Owner, $"alter table journal.entries disable trigger user; update journal.entries set performed_by = 'nobody' where stream_id = '{_visit}' and version = 3");
        await JournalDesk.Execute(_desk.Database.Owner, $"delete from journal.entries where stream_id = '{_visit}' and version = 5");
        var removed = await _desk.Ask<long>("select max(p) from (select generate_series(min(position), max(position)) p from journal.entries except select position from journal.entries) gap");

        var mistakes = (await Verify((await Export()).Text)).Mistakes;

        Assert.Contains(mistakes, m => m.Contains($"({_visit}, version 3) was changed after block 2", StringComparison.Ordinal));
        Assert.Contains($"The entry at position {removed}, sealed by block 3, was removed.", mistakes);
        Assert.Contains($"{_visit} has version 6 after version 4.", mistakes);
    }

    [Fact]
    public async Task A_stream_that_was_removed_or_shortened_shows_even_where_nothing_was_sealed()
    {
        var lines = Lines((await Export()).Text);
        lines.RemoveAll(l => (int?)l["entry"]?["version"] == 7);
        var unsealed = await Verify(lines);
        lines.RemoveAll(l => (string?)l["entry"]?["streamId"] == _visit.Text);

        var stream = await Verify(lines);

        Assert.Contains($"{_visit} ends at version 6 and should end at version 7.", unsealed.Mistakes);
        Assert.Equal(6, stream.Mistakes.Count(m => m.EndsWith("was removed.", StringComparison.Ordinal)));
        Assert.Contains($"{_visit} has no entries and should have 7.", stream.Mistakes);
    }

    [Fact]
    public async Task An_entry_that_was_slipped_in_is_named()
    {
        var lines = Lines((await Export()).Text);
        var at = lines.FindIndex(l => l["entry"] is not null);
        var second = lines[at + 1]["entry"]!;
        lines.RemoveAt(at);
        var forged = lines[at].DeepClone().AsObject();
        forged["entry"]!["position"] = (long)second["position"]! - 1;
        forged["entry"]!["description"] = "forged";
        lines.Insert(at, forged);

        var mistakes = (await Verify(lines)).Mistakes;

        Assert.Contains(mistakes, m => m.Contains("was changed after block 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_end_that_was_cut_off_shows_by_the_missing_end_the_counts_or_a_head_that_was_kept()
    {
        var (text, exported) = await Export();
        var lines = Lines(text);
        var cut = Lines(text)[..^1];
        var last = lines.FindLastIndex(l => l.ContainsKey("block"));
        var without = lines.Where((l, i) => i < last).ToList();
        var streams = without.Where(l => l["entry"] is not null).GroupBy(l => (string)l["entry"]!["streamId"]!).Select(s => new JsonObject { ["stream"] = s.Key, ["version"] = s.Count() }).ToList();
        without.AddRange(streams);
        without.Add(new JsonObject { ["end"] = true, ["entries"] = without.Count(l => l["entry"] is not null), ["blocks"] = 2, ["streams"] = streams.Count });

        Assert.Equal(["The file is cut off: it has no end."], (await Verify(cut)).Mistakes);
        Assert.Empty((await Verify(without)).Mistakes); // whoever cuts everything alike is found by the head alone
        Assert.Contains("is not in there", Assert.Single((await VerifyExport.Run(Text(without), exported.Head, null, CancellationToken.None)).Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_was_sealed_anew_with_another_key_is_not_taken_for_the_old_one()
    {
        var (_, exported) = await Export();
        await JournalDesk.Execute(_desk.Database.Owner, "alter table journal.seals disable trigger user; delete from journal.seals; alter table journal.entries disable trigger user; update journal.entries set description = 'rewritten'");
        _key.Use(Path.Combine(_folder, "forged.pem"));
        await _desk.Append(JournalDesk.To(_visit));
        await Seal();
        var text = (await Export()).Text;

        Assert.Empty((await Verify(text)).Mistakes);
        Assert.NotEmpty((await VerifyExport.Run(new StringReader(text), exported.Head, null, CancellationToken.None)).Mistakes);
        Assert.Contains((await VerifyExport.Run(new StringReader(text), null, exported.Keys[0], CancellationToken.None)).Mistakes, m => m.Contains("is not signed by", StringComparison.Ordinal));
    }

    /// <summary>Written from docs/journal.md, in another language: what the file proves does not hang on our own code.</summary>
    [Fact]
    public async Task A_program_that_is_not_ours_comes_to_the_same()
    {
        var (text, exported) = await Export();
        var lines = Lines(text);
        var entry = lines.First(l => (string?)l["entry"]?["streamId"] == _visit.Text);
        entry["entry"]!["performedAt"] = (long)entry["entry"]!["performedAt"]! + 1;

        var results = await Crosscheck.Run("journal.mjs", [["verify", text], ["verify", string.Join('\n', lines.Select(l => l.ToJsonString()))]]);

        var (good, changed) = (JsonNode.Parse(results[0]!)!, JsonNode.Parse(results[1]!)!);
        Assert.Empty(good["wrong"]!.AsArray());
        Assert.Equal((exported.Entries, exported.Blocks, exported.Unsealed, exported.Head), ((long)good["entries"]!, (long)good["blocks"]!, (long)good["unsealed"]!, (string)good["head"]!));
        Assert.Equal($"changed {entry["entry"]!["position"]}", (string)Assert.Single(changed["wrong"]!.AsArray())!);
    }

    [Fact]
    public async Task A_block_whose_signature_or_chain_does_not_hold_is_named()
    {
        var lines = Lines((await Export()).Text);
        var blocks = lines.Where(l => l.ContainsKey("block")).ToList();
        blocks[1]["signature"] = Convert.ToBase64String(new byte[64]);
        var forged = await Verify(lines);
        lines = Lines((await Export()).Text);
        lines.RemoveAt(lines.FindIndex(l => l.ContainsKey("block")));

        var broken = await Verify(lines);

        Assert.Contains(forged.Mistakes, m => m.StartsWith("Block 2 is not signed by", StringComparison.Ordinal));
        Assert.Contains("Block 1 is missing: block 2 follows.", broken.Mistakes);
        Assert.Contains("Block 2 does not follow the block before it.", broken.Mistakes);
        Assert.NotEmpty((await VerifyExport.Run(new StringReader("{\"alur\":\"journal export 1\"}\nnonsense\n{\"block\":1}\n{\"entry\":{}}\n[]"), null, null, CancellationToken.None)).Mistakes);
    }

    [Fact]
    public async Task Wherever_the_consumer_was_put_nothing_is_sealed_twice_or_left_out()
    {
        var consumers = new JournalConsumers(_desk.Database.App, [new SealJournal(_key)]);
        await consumers.Reset(SealJournal.ConsumerName, 0, AuditOrigin.System);
        await Seal();

        var (text, exported) = await Export();
        var rebuild = await consumers.Rebuild(SealJournal.ConsumerName, AuditOrigin.System);

        Assert.Equal((4, 0), (exported.Blocks, exported.Unsealed));
        Assert.Empty((await Verify(text)).Mistakes);
        Assert.Equal("CONSUMER_STAYS", Assert.IsType<Conflict>(rebuild.Error).Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "seal.pem")));
    }

    [Fact]
    [Trait("Spec", "C-110")]
    public async Task The_figures_count_types_in_descending_order_and_how_far_it_is_sealed()
    {
        var content = await new JournalStats(_desk.Database.App).Run(CancellationToken.None);

        Assert.Equal([("QUEUE_JOINED", 6), ("VISIT_REGISTERED", 3), ("PAYMENT_RECEIVED", 1)], content.Types.Select(t => (t.Type, (int)t.Entries)));
        Assert.Equal((10, 4, 3), (content.Entries, content.Streams, content.Blocks));
        Assert.Equal(await _desk.Ask<long>("select max(last_position) from journal.seals"), content.SealedTo);
        Assert.True(content.Bytes > 0 && content.Last >= content.First);
    }

    private async Task Seal()
    {
        var leases = new LeaseStore(_desk.Database.App);
        var grant = (await leases.TryTake(SealJournal.ConsumerName, "node", TimeSpan.FromMinutes(1)))!;
        await new ConsumerPump(new SealJournal(_key), _desk.Database.App, new JournalTail(_desk.Database.App, _desk.Types)).RunOnce(grant, CancellationToken.None);
        await leases.Release(grant);
    }

    private async Task<(string Text, ExportedJournal Exported)> Export()
    {
        var text = new StringWriter();
        var exported = await new ExportJournal(_desk.Database.App).Run(text, CancellationToken.None);
        return (text.ToString(), exported);
    }

    private static Task<VerifiedExport> Verify(string text) => VerifyExport.Run(new StringReader(text), null, null, CancellationToken.None);

    // Changed only where the test changes it: the end is made to agree.
    private static Task<VerifiedExport> Verify(List<JsonObject> lines)
    {
        if (lines[^1].ContainsKey("end"))
        {
            lines[^1]["entries"] = lines.Count(l => l["entry"] is not null);
            lines[^1]["blocks"] = lines.Count(l => l.ContainsKey("block"));
        }

        return VerifyExport.Run(Text(lines), null, null, CancellationToken.None);
    }

    private static StringReader Text(IEnumerable<JsonObject> lines) => new(string.Join('\n', lines.Select(l => l.ToJsonString())));

    private static List<JsonObject> Lines(string text) => [.. text.TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!.AsObject())];
}
