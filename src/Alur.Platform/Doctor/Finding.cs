namespace Alur.Platform.Doctor;

/// <summary>How a finding is to be taken.</summary>
public enum FindingLevel
{
    /// <summary>Looked at and right.</summary>
    Ok,

    /// <summary>Works, but will cost something: speed, visits that stay unsent, trouble later.</summary>
    Warning,

    /// <summary>Does not work, or must not stay so.</summary>
    Wrong,
}

/// <summary>One thing that was looked at. Neither secrets nor patients appear in it.</summary>
/// <param name="Check">What was looked at, for programs, such as <c>khanza.grants</c>; never changes once published.</param>
/// <param name="Level">How it is to be taken.</param>
/// <param name="Found">What was found.</param>
/// <param name="Do">What to do about it; null when there is nothing to do.</param>
public sealed record Finding(string Check, FindingLevel Level, Words Found, Words? Do = null)
{
    /// <summary>Whose it is, such as a hospital's code; null: of the whole installation.</summary>
    public string? Subject { get; init; }

    /// <summary>
    /// A check that tells the same trouble from nearer: while that one is not well for the same subject, this finding is left out, so that one trouble has
    /// one line and one advice. Null: none does.
    /// </summary>
    public string? Follows { get; init; }

    /// <summary>A thing that is right.</summary>
    public static Finding Ok(string check, string indonesian, string english) => new(check, FindingLevel.Ok, new(indonesian, english));

    /// <summary>A thing that works but costs something.</summary>
    public static Finding Warning(string check, Words found, Words toDo) => new(check, FindingLevel.Warning, found, toDo);

    /// <summary>A thing that does not work.</summary>
    public static Finding Wrong(string check, Words found, Words toDo) => new(check, FindingLevel.Wrong, found, toDo);
}
