using Alur.Fuzzing.Bpjs;
using Alur.Fuzzing.Configuration;
using Alur.Fuzzing.Journal;
using Alur.Fuzzing.Khanza;

namespace Alur.Fuzzing;

/// <summary>Everything that parses what others wrote.</summary>
public static class FuzzTargets
{
    /// <summary>Those that need nothing but themselves.</summary>
    public static IReadOnlyList<FuzzTarget> Pure { get; } =
    [
        AnswerTargets.Answers, AnswerTargets.Envelopes, SealTargets.Sealed, SealTargets.Unpacking, ListTargets.Lists, ReferenceTargets.References, JobTargets.Jobs, JobTargets.Kept,
        MomentTargets.DateTimes, MomentTargets.Pairs, TextTargets.Cleaning, TextTargets.Phones, TextTargets.Numbers, VisitTargets.Visits,
        StoredTargets.Progress, StoredTargets.Fingerprints, StoredTargets.Stored,
        JournalTargets.Metadata, JournalTargets.Exports,
        SettingTargets.Values, SettingTargets.Keys, SettingTargets.Files,
    ];

    /// <summary>A claim that is wrong: that no text holds <paramref name="character"/>. It shows that a broken claim is found.</summary>
    public static FuzzTarget NoText(string name, char character) => FuzzTarget.OfText(
        name, draw => draw.Text(), text => Claim.That(!text.Contains(character, StringComparison.Ordinal), $"no text holds {character}"));
}
