using Alur.Platform.Doctor;

namespace Alur.Antrean.Board;

/// <summary>
/// What a call said, for people. BPJS's own words stay as they are; those that we put in the place of an answer that nobody can read are kept in English,
/// because failures are grouped and searched by them, and are said here in the reader's language.
/// </summary>
internal static class AnswerWords
{
    private const string HttpStatus = "HTTP ";

    private static readonly Dictionary<string, string> s_ours = new(StringComparer.Ordinal)
    {
        ["a page instead of JSON"] = "sebuah halaman, bukan JSON",
        ["an answer that is not JSON"] = "jawaban yang bukan JSON",
        ["an empty answer"] = "jawaban kosong",
        ["an answer that is not complete JSON"] = "JSON yang terpotong",
        ["JSON without BPJS metadata"] = "JSON tanpa metadata BPJS",
        ["JSON that says the same thing twice"] = "JSON yang menyebut hal yang sama dua kali",
        ["the address answers with a redirect"] = "alamat ini mengalihkan ke tempat lain",
        ["there is no such path at the configured address"] = "di alamat yang diatur tidak ada layanan ini",
        ["the host name does not resolve"] = "nama server tidak ditemukan (DNS)",
        ["no connection"] = "tidak ada sambungan",
        ["the connection broke before the answer was complete"] = "sambungan terputus sebelum jawaban lengkap",
    };

    // What stands around a word that differs from answer to answer.
    private static readonly (string Before, string After, string Indonesian)[] s_around =
    [
        ("no answer within ", " s", "tidak ada jawaban dalam {0} detik"),
        ("a page '", "' instead of JSON", "halaman '{0}', bukan JSON"),
        ("the TLS certificate was not accepted: ", "", "sertifikat TLS tidak diterima: {0}"),
        ("an answer of more than ", " MB", "jawaban lebih dari {0} MB"),
    ];

    /// <summary>A message of an answer, or what stands in its place.</summary>
    public static string Of(string? message, Language language)
    {
        if (message is null || language == Language.En)
        {
            return message ?? "";
        }

        var colon = message.StartsWith(HttpStatus, StringComparison.Ordinal) ? message.IndexOf(": ", StringComparison.Ordinal) : -1;
        return colon < 0 ? Indonesian(message) : message[..(colon + 2)] + Indonesian(message[(colon + 2)..]);
    }

    /// <summary>Code and message in one.</summary>
    public static string Of(string? code, string? message, Language language) => (code, message) switch
    {
        (null, _) => Of(message, language),
        (_, null or "") => code,
        _ => $"{code}: {Of(message, language)}",
    };

    /// <summary>The status of an answer where its message does not say it already.</summary>
    public static string Status(int? http, string? message) => http is { } status && message?.StartsWith(HttpStatus, StringComparison.Ordinal) != true ? $"{HttpStatus}{status}" : "";

    private static string Indonesian(string ours)
    {
        if (s_ours.GetValueOrDefault(ours) is { } known)
        {
            return known;
        }

        var (before, after, text) = s_around.FirstOrDefault(around =>
            ours.Length > around.Before.Length + around.After.Length && ours.StartsWith(around.Before, StringComparison.Ordinal) && ours.EndsWith(around.After, StringComparison.Ordinal));
        return text?.Replace("{0}", ours[before.Length..^after.Length], StringComparison.Ordinal) ?? ours;
    }
}
