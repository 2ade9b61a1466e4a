using Alur.Platform.Results;

namespace Alur.Platform.Identity;

/// <summary>
/// Which passwords are taken: 12 characters and more, no more than bcrypt looks at, and not made of few pieces that guessers try first. No rule
/// asks for digits or signs, and none makes anybody change a password that is still secret.
/// </summary>
internal static class PasswordRules
{
    private const int MinCharacters = 12;

    /// <summary>A piece is a common word, a word of the account itself, a year, a run (<c>1234</c>, <c>aaaa</c>) or any one character.</summary>
    private const int MinPieces = 5;

    private const int ShortestWord = 3;
    private const int Year = 4;

    private static readonly Lazy<HashSet<string>> Common = new(ReadCommon);

    /// <summary>The refusal, or null when the password is taken.</summary>
    /// <param name="password">As typed.</param>
    /// <param name="about">What everybody knows of its holder: the e-mail address and the name.</param>
    public static Error? Check(string password, params string[] about) => password switch
    {
        _ when password.EnumerateRunes().Count() < MinCharacters => new PasswordTooShort(MinCharacters),
        _ when !Bcrypt.Takes(password) || !Web.StorableText.IsStorable(password) => new PasswordTooLong(Bcrypt.MaxBytes),
        _ when Pieces(password, Words(about)) < MinPieces => new PasswordTooCommon(),
        _ => null,
    };

    // The fewest pieces that make up the whole text, as typed or with its signs read as letters; best[i] is of its first i characters.
    private static int Pieces(string password, HashSet<string> own)
    {
        var typed = password.ToLowerInvariant();
        var read = string.Concat(typed.Select(Letter));
        var best = new int[typed.Length + 1];
        for (var end = 1; end <= typed.Length; end++)
        {
            best[end] = best[end - 1] + 1;
            for (var start = 0; start <= end - ShortestWord; start++)
            {
                if (best[start] + 1 < best[end] && (IsOnePiece(typed[start..end], own) || IsOnePiece(read[start..end], own)))
                {
                    best[end] = best[start] + 1;
                }
            }
        }

        return best[^1];
    }

    private static bool IsOnePiece(string part, HashSet<string> own) =>
        Common.Value.Contains(part) || own.Contains(part) || IsRun(part) || IsYear(part) || IsRepeated(part);

    private static bool IsYear(string part) =>
        part.Length == Year && part.All(char.IsAsciiDigit) && (part.StartsWith("19", StringComparison.Ordinal) || part.StartsWith("20", StringComparison.Ordinal));

    /// <summary>aaaa, 1234, dcba: every character follows the one before by the same step.</summary>
    private static bool IsRun(string part)
    {
        var step = part[1] - part[0];
        return Math.Abs(step) <= 1 && Enumerable.Range(1, part.Length - 1).All(i => part[i] - part[i - 1] == step);
    }

    /// <summary>xyzxyz: the same few characters over and over count once, however long it goes on.</summary>
    private static bool IsRepeated(string part) =>
        Enumerable.Range(1, Math.Min(4, part.Length / 2)).Any(period => part.Length % period == 0 && Enumerable.Range(period, part.Length - period).All(i => part[i] == part[i - period]));

    /// <summary>The letter that people write this sign or digit for.</summary>
    private static char Letter(char sign) => sign switch
    {
        '0' => 'o',
        '1' or '!' or '|' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => sign,
    };

    private static HashSet<string> Words(string[] about) => about
        .Select(text => text.ToLowerInvariant())
        .SelectMany(text => (string[])[text, .. text.Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries)])
        .Where(word => word.Length >= ShortestWord)
        .ToHashSet(StringComparer.Ordinal);

    private static HashSet<string> ReadCommon()
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("Alur.Platform.Identity.common-passwords.txt")!);
        return reader.ReadToEnd().Split('\n')
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.Ordinal);
    }
}
