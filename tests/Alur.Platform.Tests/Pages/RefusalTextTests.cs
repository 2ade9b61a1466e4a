using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Webhooks;

namespace Alur.Platform.Tests.Pages;

public sealed class RefusalTextTests
{
    private static readonly RefusalTexts Texts = new([new IndonesianRefusals(PlatformRefusals.Indonesian)]);

    [Fact]
    public void A_type_of_event_that_is_not_known_is_named_in_both_languages()
    {
        var refused = new WebhookTypeUnknown(["antrean.TASK_SNT", "{1}"], ["antrean.TASK_SENT"]);

        Assert.StartsWith("Jenis kejadian ini tidak pernah terjadi di sini: antrean.TASK_SNT, {1}. Periksa ejaannya", Texts.Of(refused, Language.Id), StringComparison.Ordinal);
        Assert.Contains("antrean.TASK_SNT", Texts.Of(refused, Language.En), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_that_nobody_translated_is_shown_as_it_is() => Assert.Equal("There is no bed.", Texts.Of(new Conflict("NO_BED", "There is no bed."), Language.Id));
}
