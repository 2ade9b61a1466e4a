using System.Globalization;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;

namespace Alur.Fuzzing.Khanza;

/// <summary>Whole visits, made of whatever the columns of Khanza can hold.</summary>
internal static class VisitTargets
{
    private static readonly string[] Sources = ["mutasi_berkas.dikirim", "mutasi_berkas.diterima", "pemeriksaan_ralan.first"];

    /// <summary>One odd row never stops a poll: it is a visit, held with a reason where BPJS could not take it, and its moments are those of the columns.</summary>
    public static FuzzTarget Visits { get; } = FuzzTarget.Of("khanza-visits", draw => draw.Random.Next(), Smaller.Not, seed =>
    {
        var draw = new Draw(seed);
        var site = new Site(1, "default", new SiteOptions { MinutesPerPatient = draw.Pick(1, 10, 240), OnSiteJkn = draw.Pick("desktop", "bridge"), Zone = draw.Pick("Asia/Jakarta", "Asia/Jayapura") });
        var khanza = Snapshot(draw);
        var (visits, inbox) = ReadVisit.All(khanza, site);
        Claim.Equal(1, visits.Count + (khanza.Visits.Count == 0 ? 1 : 0), "a visit with a date is one visit");
        Claim.That(inbox.All(task => !khanza.Visits.ContainsKey(task.VisitId)), "the inbox holds tasks without a visit");
        foreach (var visit in visits)
        {
            ClaimVisit(visit, khanza, site);
        }
    });

    private static void ClaimVisit(VisitRead visit, KhanzaSnapshot khanza, Site site)
    {
        Claim.Equal(32, visit.Hash().Length, "a visit has a hash");
        Claim.That(Storable.Json(visit.Payload.ToJsonString()) && Storable.Json(visit.Patient.ToJsonString()), "payload and patient are jsonb", visit.Payload.ToJsonString());
        foreach (var task in visit.Tasks.Where(t => t.Task != "1"))
        {
            Claim.Equal(khanza.Moments.Find(visit.VisitId, task.Source), TimeZoneInfo.ConvertTime(task.Waktu, site.Zone).DateTime, "an observed moment is the column's");
        }

        if (visit.EventTime is { } began)
        {
            Claim.Equal(visit.ServiceDate, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(began, site.Zone).DateTime), "a visit begins on its day");
        }

        if (visit.BlockedReasons.Count == 0 && visit.Kind != "ONSITE_JKN")
        {
            Claim.That((string?)visit.Payload["kodepoli"] is { Length: > 0 } && visit.Payload["kodedokter"] is not null && (string?)visit.Payload["jampraktek"] is { Length: > 0 }
                && visit.Payload["estimasidilayani"] is not null, "what may be sent is complete", visit.Payload.ToJsonString());
            var estimate = DateTimeOffset.FromUnixTimeMilliseconds((long)visit.Payload["estimasidilayani"]!);
            Claim.That(estimate.Year is >= 1899 and < 9001, "an estimate lies in a year of this calendar", estimate);
        }
    }

    private static KhanzaSnapshot Snapshot(Draw draw)
    {
        var id = draw.Pick("2026/01/20/000001", "2026/01/20/000002");
        var visit = new KhanzaVisit(
            id, QueueNumber(draw), Date(draw), draw.Once(5) ? null : new TimeOnly(draw.Random.NextInt64(TimeSpan.TicksPerDay)), "D1", draw.Pick("C1", "IGDK", "C9"), Column(draw), draw.Pick("BPJ", "A09"),
            draw.Pick("Belum", "Sudah", "Batal", Column(draw)), draw.Once(2), draw.Once(2), Column(draw), Column(draw), Column(draw), Column(draw), Column(draw), TextStripped: false);
        var booking = new KhanzaBooking(
            "20260120A0001", draw.Pick(id, "2026/01/20/000003", ""), Column(draw), Column(draw), Column(draw), draw.Pick("ANA", "", Column(draw)), draw.Once(2), Column(draw), draw.Once(3) ? null : Date(draw),
            draw.Pick("123", Column(draw), draw.Number()), Hours(draw), draw.TextOr("1 (Rujukan FKTP)", "3", "4 (Antar RS)", ""), Column(draw), QueueNumber(draw), QueueNumber(draw),
            draw.AnyInt(), draw.AnyInt(), draw.AnyInt(), draw.AnyInt(), draw.Pick("Belum", "Checkin", "Batal", "Gagal"));
        var slots = new[] { "SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "AKHAD" }
            .Select(day => new KhanzaSlot(day, new TimeOnly(draw.Int(0, 12), 0), new TimeOnly(draw.Int(0, 23), 59), draw.Once(4) ? null : draw.AnyInt())).ToLookup(_ => ("D1", "C1"));
        return new KhanzaSnapshot(
            new Dictionary<string, KhanzaVisit>(StringComparer.Ordinal) { [id] = visit },
            draw.Once(2) ? [booking] : [],
            Moments(id, draw),
            draw.Once(2) ? new Dictionary<string, KhanzaLetter>(StringComparer.Ordinal) { [id] = new(Column(draw), draw.TextOr("1. Faskes 1", "2. Faskes 2"), draw.Once(2) ? "" : Column(draw)) } : new Dictionary<string, KhanzaLetter>(StringComparer.Ordinal),
            slots,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["C1"] = "ANA" },
            new Dictionary<string, string>(StringComparer.Ordinal) { ["D1"] = draw.Pick("12345", Column(draw)) });
    }

    private static KhanzaMoments Moments(string id, Draw draw)
    {
        var moments = new KhanzaMoments(Sources);
        foreach (var source in Sources.Where(_ => draw.Once(2)))
            moments.Add(id, source, Date(draw).ToDateTime(new TimeOnly(draw.Int(0, 23), draw.Int(0, 59))));
        return moments;
    }

    /// <summary>A text column as the reader hands it on: cleaned.</summary>
    private static string Column(Draw draw) => KhanzaText.Clean(draw.Text(), out _);

    private static string QueueNumber(Draw draw) => draw.Random.Next(4) switch
    {
        0 => Column(draw),
        1 => draw.Pick("99999999", "2147483647", "2147483648", "0"),
        _ => draw.Int(0, 200).ToString("000", CultureInfo.InvariantCulture),
    };

    private static string Hours(Draw draw) => draw.Random.Next(3) == 0 ? Column(draw) : draw.Pick("08:00-12:00", "8:00-12:00", "24:00-25:00", "07:30:00-09:00", "-", "23:59-00:00");

    // The years that the reader of dates lets through.
    private static DateOnly Date(Draw draw) => draw.Once(6) ? draw.Pick(new DateOnly(1900, 1, 1), new DateOnly(8999, 12, 31)) : new DateOnly(2026, draw.Int(1, 12), draw.Int(1, 28));
}
