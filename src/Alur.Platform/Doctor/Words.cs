namespace Alur.Platform.Doctor;

/// <summary>What people at a terminal read.</summary>
public enum Language
{
    /// <summary>Bahasa Indonesia.</summary>
    Id,

    /// <summary>English.</summary>
    En,
}

/// <summary>One text in both languages, complete sentences without secrets and without patients.</summary>
/// <param name="Indonesian">For the people who run a hospital's computers.</param>
/// <param name="English">The same for everybody else.</param>
public sealed record Words(string Indonesian, string English)
{
    /// <summary>The text in one of the languages.</summary>
    public string In(Language language) => language == Language.Id ? Indonesian : English;

    /// <summary>The English words for so many of something; Indonesian has one form for all numbers.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">For one of them.</param>
    /// <param name="many">For any other number; null: with an s behind.</param>
    public static string Of(long number, string one, string? many = null) => number == 1 ? one : many ?? one + "s";
}
