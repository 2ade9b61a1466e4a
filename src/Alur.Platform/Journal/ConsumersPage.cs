using System.Globalization;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Journal;

/// <summary>Who follows the journal, how far behind, and what <c>alur journal</c> lets people do about it.</summary>
internal static class ConsumersPage
{
    public const string Path = "/admin/consumers";

    public static async Task<IResult> Show(JournalConsumers consumers, [FromServices] IEnumerable<IJournalFollower> known, CancellationToken ct) =>
        PageResult.Of<ConsumersView>(new ConsumerList(
            await consumers.List(ct), [.. known.OfType<IJournalConsumer>().Where(consumer => consumer.StaysBecause is null).Select(consumer => consumer.Name)],
            [.. known.OfType<IJournalConsumer>().Where(consumer => consumer.StaysBecause is not null).Select(consumer => consumer.Name)]));

    public static async Task<IResult> Submit(HttpContext http, JournalConsumers consumers, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var (done, said) = await Order(form.Value, consumers, http.AuditOrigin(), ct);
        var here = new Here(http);
        return Forms.Back(http, Path, Notice.Of(done, here, name => $"{name}: {here.Say(said)}"));
    }

    private static async Task<(Result<string> Done, Words Said)> Order(FormFields fields, JournalConsumers consumers, AuditOrigin by, CancellationToken ct) => fields["do"] switch
    {
        "pause" => (await consumers.Pause(fields["name"], by, ct), new("dijeda.", "paused.")),
        "resume" => (await consumers.Resume(fields["name"], by, ct), new("dilanjutkan.", "goes on.")),
        "rebuild" => (await consumers.Rebuild(fields["name"], by, ct), new("membangun ulang dari entri pertama.", "builds anew from the first entry.")),
        "reset" when long.TryParse(fields["position"], NumberStyles.None, CultureInfo.InvariantCulture, out var position) =>
            (await consumers.Reset(fields["name"], position, by, ct), new($"sekarang di posisi {position}.", $"is at position {position} now.")),
        "reset" => (await consumers.Reset(fields["name"], position: -1, by, ct), new("", "")),
        _ => (new FormRequired(), new("", "")),
    };
}

/// <summary>What the page of consumers shows.</summary>
/// <param name="Consumers">All that ever ran.</param>
/// <param name="Rebuildable">Names of those that can build anew what they built.</param>
/// <param name="Staying">Names of those that nobody should move: what they did stays done.</param>
internal sealed record ConsumerList(IReadOnlyList<ConsumerStatus> Consumers, IReadOnlyList<string> Rebuildable, IReadOnlyList<string> Staying)
{
    /// <summary>Those that can be put elsewhere.</summary>
    public IEnumerable<ConsumerStatus> Movable => Consumers.Where(consumer => !Staying.Contains(consumer.Name, StringComparer.Ordinal));
}
