using Alur.Antrean.Profiles;
using Alur.Platform.Doctor;

namespace Alur.Host.Commands.Antrean;

/// <summary>A choice of task sources in words, for the profile and the report of a day alike.</summary>
internal static class ChoiceText
{
    /// <summary>The named profiles; those that choose the same columns for tasks 3, 4 and 5 together.</summary>
    public static IEnumerable<(IReadOnlyList<string> Names, ProfileOutcome Outcome)> Together(IEnumerable<ProfileOutcome> named) =>
        named.GroupBy(n => Sources(n, ""), StringComparer.Ordinal).Select(same => ((IReadOnlyList<string>)[.. same.Select(n => n.Name!)], same.First()));

    /// <summary>Which column tells which task, or which columns are missing for that.</summary>
    public static Words Of(ProfileOutcome outcome)
    {
        if (outcome.Lacks.Count == 0)
            return new(Sources(outcome, ", bila kosong "), Sources(outcome, ", else "));
        var lacks = string.Join(", ", outcome.Lacks);
        return new($"tidak dapat dipakai: Khanza ini tidak punya {lacks} (atau akun Alur tidak boleh membacanya)",
            $"cannot be used: this Khanza has no {lacks} (or Alur's account may not read it)");
    }

    private static string Sources(ProfileOutcome outcome, string otherwise) => string.Join("; ", outcome.Sources.Select(s => $"{s.Key} = {string.Join(otherwise, s.Value)}"));
}
