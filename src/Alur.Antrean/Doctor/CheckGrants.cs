using System.Text.RegularExpressions;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>The account can read and nothing else. What it may not do, no fault of ours can do.</summary>
internal static partial class CheckGrants
{
    private const string Code = "khanza.grants";
    private const string Ask = "show grants";

    private static readonly HashSet<string> Harmless = new(["USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES"], StringComparer.OrdinalIgnoreCase);

    private static readonly Words Narrow = new(
        "Cabut semua hak selain SELECT dari akun ini (README memuat perintah GRANT yang cukup).",
        "Revoke everything but SELECT from this account (the README has the grants that are enough).");

    // MariaDB's own test databases are granted like this: revoking from the account would change nothing.
    private static Words Everybody(string where) => new(
        $"Hak ini milik semua akun di server itu. Minta DBA: REVOKE ALL PRIVILEGES ON {where} FROM PUBLIC;",
        $"Every account of that server has this right. Ask the DBA: REVOKE ALL PRIVILEGES ON {where} FROM PUBLIC;");

    public static async Task<IReadOnlyList<Finding>> Run(KhanzaTalk khanza, CancellationToken ct) =>
        Judge((await khanza.Rows(Ask, ct)).Select(row => row[0] ?? ""));

    /// <summary>Reads grants as the server prints them. Never repeats a line: it may hold the hash of the password.</summary>
    internal static IReadOnlyList<Finding> Judge(IEnumerable<string> grants)
    {
        var findings = new List<Finding>();
        foreach (var grant in grants.Where(g => g.StartsWith("GRANT ", StringComparison.OrdinalIgnoreCase)))
        {
            var read = Privileges().Match(grant);
            var more = read.Success ? More(read.Groups["what"].Value, grant) : [];
            if (!read.Success)
            {
                findings.Add(Finding.Warning(Code, new($"Akun ini memakai peran {Role(grant)}.", $"The account uses the role {Role(grant)}."),
                    new("Pastikan peran itu hanya memberi SELECT, atau beri hak langsung ke akun ini.", "Make sure that this role gives SELECT only, or grant to the account itself.")));
            }
            else if (more.Count > 0)
            {
                var (what, where) = (string.Join(", ", more), read.Groups["where"].Value.Replace("`", "", StringComparison.Ordinal));
                findings.Add(Finding.Wrong(Code, new($"Akun ini dapat lebih dari membaca: {what} pada {where}.", $"The account can do more than read: {what} on {where}."),
                    grant.EndsWith(" TO PUBLIC", StringComparison.OrdinalIgnoreCase) ? Everybody(read.Groups["where"].Value) : Narrow));
            }
        }
        return findings.Count > 0 ? findings : [Finding.Ok(Code, "Akun Khanza hanya dapat membaca.", "The Khanza account can only read.")];
    }

    private static List<string> More(string privileges, string grant)
    {
        var names = ColumnLists().Replace(privileges, "").Split(',', StringSplitOptions.TrimEntries).Where(p => !Harmless.Contains(p)).ToList();
        if (grant.Contains("WITH GRANT OPTION", StringComparison.OrdinalIgnoreCase))
            names.Add("GRANT OPTION");
        return names;
    }

    private static string Role(string grant) => RoleName().Match(grant) is { Success: true } role ? role.Groups["role"].Value : "?";

    [GeneratedRegex(@"^GRANT (?<what>.+?) ON (?:(?:TABLE|PROCEDURE|FUNCTION|PACKAGE|PACKAGE BODY) )?(?<where>\S+) TO ", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Privileges();

    [GeneratedRegex(@"\s*\([^)]*\)", RegexOptions.None, 1000)]
    private static partial Regex ColumnLists();

    [GeneratedRegex(@"^GRANT [`'""]?(?<role>[\w-]+)[`'""]? TO ", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RoleName();
}
