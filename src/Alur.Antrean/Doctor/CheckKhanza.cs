using System.Data.Common;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Alur.Platform.Texts;

namespace Alur.Antrean.Doctor;

/// <summary>One hospital's Khanza: reachable, readable and only that, fast enough, telling the right time, and what is not mapped.</summary>
internal static class CheckKhanza
{
    /// <summary>Whether it answers at all.</summary>
    public const string Code = "khanza";

    private const int Days = 7;
    private const string AskCipher = "show session status like 'Ssl_version'";

    /// <summary>Looks at everything, as far as it gets.</summary>
    public static async Task<IReadOnlyList<Finding>> Run(Site site, DbDataSource khanza, DateOnly today, CancellationToken ct)
    {
        var findings = new List<Finding>();
        try
        {
            await using (var talk = await KhanzaTalk.Open(khanza, site.Options.Khanza.TimeoutSeconds, ct))
                await Look(talk, site, findings, new KhanzaWindow(today.AddDays(-site.Options.LookBackDays), today.AddDays(site.Options.LookAheadDays)), ct);
            if (findings.TrueForAll(f => f.Check != "khanza.schema" || f.Level != FindingLevel.Wrong))
                findings.AddRange(await Mappings(site, khanza, today, ct));
        }
        catch (DbException e)
        {
            var why = OutsideText.Clean(e.Message);
            findings.Add(Finding.Wrong(Code, new($"Khanza tidak dapat dibaca: {why}", $"Khanza cannot be read: {why}"), Advice(e.ErrorCode)));
        }
        return findings;
    }

    private static async Task Look(KhanzaTalk talk, Site site, List<Finding> findings, KhanzaWindow window, CancellationToken ct)
    {
        findings.Add(Finding.Ok(Code, $"Khanza menjawab ({Where(site.Options.Khanza)}).", $"Khanza answers ({Where(site.Options.Khanza)})."));
        findings.Add(Tls(site.Options.Khanza, (await talk.Rows(AskCipher, ct)).FirstOrDefault()?[1] ?? ""));
        findings.AddRange(await CheckGrants.Run(talk, ct));
        var (schema, readable) = await CheckSchema.Run(talk, KhanzaNeeds.Of(site), ct);
        findings.AddRange(schema);
        findings.AddRange(await CheckClock.OfKhanza(talk, site.Zone, ct));
        if (readable)
            findings.AddRange(await CheckPlans.Run(talk, site, window, ct));
    }

    private static async Task<IReadOnlyList<Finding>> Mappings(Site site, DbDataSource khanza, DateOnly today, CancellationToken ct)
    {
        var window = new KhanzaWindow(today.AddDays(1 - Days), today);
        var snapshot = await ReadKhanza.Run(khanza, site, window, [], ct);
        return CheckMappings.Of(ReadVisit.All(snapshot, site).Visits.Where(v => window.Holds(v.VisitId)), Days);
    }

    /// <summary>Whether what is read can be read by others on the way.</summary>
    internal static Finding Tls(KhanzaOptions khanza, string version)
    {
        const string Check = "khanza.tls";
        var local = !string.IsNullOrWhiteSpace(khanza.Socket) || khanza.Host is "127.0.0.1" or "::1" or "localhost";
        return khanza.Tls == "verified" ? Finding.Ok(Check, $"Sambungan ke Khanza terenkripsi dan terverifikasi ({version}).", $"The connection to Khanza is encrypted and verified ({version}).")
            : local ? Finding.Ok(Check, "Khanza berada di mesin ini; tanpa TLS.", "Khanza is on this machine; no TLS.")
            : Finding.Warning(Check, new("Data pasien dibaca dari Khanza tanpa TLS.", "Patients' data is read from Khanza without TLS."),
                new("Di jaringan yang tidak terlindung: pasang sertifikat di MariaDB, lalu Khanza:Tls = verified dan Khanza:TlsCa.",
                    "Unless the network is protected: give MariaDB a certificate, then set Khanza:Tls = verified and Khanza:TlsCa."));
    }

    private static string Where(KhanzaOptions khanza) =>
        $"{khanza.User}@{(string.IsNullOrWhiteSpace(khanza.Socket) ? $"{khanza.Host}:{khanza.Port}" : khanza.Socket)}/{khanza.Database}";

    private static Words Advice(int error) => error switch
    {
        1044 or 1045 or 1698 => new("Periksa Khanza:User dan Khanza:Password, dan dari alamat mana akun itu boleh masuk.", "Check Khanza:User and Khanza:Password, and from which addresses the account may come."),
        1049 => new("Periksa Khanza:Database (biasanya sik).", "Check Khanza:Database (usually sik)."),
        1040 or 1203 => new("Server Khanza penuh sambungan: minta DBA menaikkan max_connections.", "The Khanza server is out of connections: ask the DBA to raise max_connections."),
        2026 => new("Periksa Khanza:TlsCa dan nama di sertifikat server.", "Check Khanza:TlsCa and the name in the server's certificate."),
        >= 2000 and < 6000 => new("Periksa Khanza:Host dan Khanza:Port, apakah MariaDB berjalan, dan firewall.", "Check Khanza:Host and Khanza:Port, whether MariaDB runs, and the firewall."),
        _ => new("Perbaiki yang disebut server itu, lalu jalankan lagi.", "Mend what that server names, then run this again."),
    };
}
