using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;
using Alur.Platform.Leases;

namespace Alur.Platform.Tests.Journal;

/// <summary>An export that says one thing to us and another to the next program that reads it.</summary>
public sealed class ForgedExportTests : IAsyncLifetime
{
    private readonly JournalDesk _desk = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("alur-forged-").FullName;
    private string _export = "";

    public async ValueTask InitializeAsync()
    {
        await _desk.InitializeAsync();
        var key = new SealKey();
        key.Use(Path.Combine(_folder, "seal.pem"));
        await _desk.Append(JournalDesk.To(JournalDesk.NewVisit(), JournalDesk.Happened()));
        var grant = (await new LeaseStore(_desk.Database.App).TryTake(SealJournal.ConsumerName, "node", TimeSpan.FromMinutes(1)))!;
        await new ConsumerPump(new SealJournal(key), _desk.Database.App, new JournalTail(_desk.Database.App, _desk.Types)).RunOnce(grant, CancellationToken.None);
        var text = new StringWriter();
        await new ExportJournal(_desk.Database.App).Run(text, CancellationToken.None);
        _export = text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await _desk.DisposeAsync();
    }

    [Theory]
    [InlineData("\"description\":null", "\"description\":\"forged\",\"Description\":null")]
    [InlineData("\"description\":null", "\"description\":\"forged\",\"description\":null")]
    [InlineData("\"description\":null", "\"Description\":null")]
    [InlineData("\"corrects\":null}", "\"corrects\":null,\"note\":\"forged\"}")]
    [InlineData("\"corrects\":null}}", "\"corrects\":null},\"note\":\"forged\"}")]
    [InlineData("{\"entry\":{", "{\"entry\":{\"description\":\"forged\"},\"entry\":{")]
    [InlineData("{\"end\":true,", "{\"end\":true,\"note\":\"forged\",")]
    public async Task What_can_be_read_in_two_ways_is_not_as_it_was_sealed(string sealedText, string forged)
    {
        Assert.Contains(sealedText, _export, StringComparison.Ordinal);
        Assert.Empty(await Mistakes(_export));

        Assert.Contains(await Mistakes(_export.Replace(sealedText, forged, StringComparison.Ordinal)), m => m.EndsWith("cannot be read.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_is_in_the_audit() =>
        Assert.Equal(1, await _desk.Ask<long>("select count(*) from audit.audit_logs where action = 'EXPORT' and resource = 'journal' and performed_by = 'system'"));

    private static async Task<IReadOnlyList<string>> Mistakes(string text) => (await VerifyExport.Run(new StringReader(text), null, null, CancellationToken.None)).Mistakes;
}
