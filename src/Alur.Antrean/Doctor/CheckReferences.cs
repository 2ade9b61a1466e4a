using System.Globalization;
using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Doctor;

/// <summary>Mappings and schedules beside what BPJS said of them last: how old that is, and one line for each kind of difference.</summary>
internal sealed class CheckReferences(IOptions<AntreanOptions> options, TimeProvider clock) : IDoctorCheck
{
    private const string Code = "bpjs.references";
    private const int MostNamed = 5;

    private static readonly TimeSpan s_old = TimeSpan.FromHours(36);

    private const string AskLists = """
        select s.code, count(l.*) filter (where l.fetched_at is not null and l.kind in ('CLINICS', 'DOCTORS')),
               extract(epoch from now() - min(l.fetched_at))::bigint,
               (array_agg(l.path || ': ' || l.failure order by l.asked_at desc) filter (where l.failure is not null))[1]
        from antrean.sites s
        left join antrean.reference_lists l on l.site_id = s.id and (l.day is null or l.day >= $2)
        where s.code = $1
        group by s.code
        """;

    private const string AskDifferences = $"""
        select kind, day, poli, poli_id, kodepoli, dokter, dokter_id, kodedokter, khanza, bpjs, visits from ({Differences.Sql}) d
        order by cardinality(visits) desc, day nulls first, place
        """;

    public Words? OnlyWithDatabase { get; } = new("mapping dan jadwal dibandingkan dengan BPJS dan HFIS", "mappings and schedules beside those of BPJS and HFIS");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var findings = new List<Finding>();
        foreach (var (code, settings) in options.Value.Sites.OrderBy(s => s.Key, StringComparer.Ordinal).Where(s => round.Subject is null || s.Key == round.Subject))
        {
            if (settings.Bpjs.Missing().Count == 0)
                findings.AddRange((await Look(round.Database!, new Site(0, code, settings), ct)).Select(f => f with { Subject = code }));
        }
        return findings;
    }

    private async Task<List<Finding>> Look(NpgsqlDataSource db, Site site, CancellationToken ct)
    {
        var today = site.Today(clock);
        await using var command = db.CreateCommand(AskLists);
        command.Parameters.Add(new() { Value = site.Code });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return []; // never served: other lines say so
        var (read, age, failure) = (reader.GetInt64(1), reader.IsDBNull(2) ? (TimeSpan?)null : TimeSpan.FromSeconds(reader.GetInt64(2)), reader.IsDBNull(3) ? null : reader.GetString(3));
        List<Finding> findings = [.. Age(read, age, failure)];
        var told = await Compare(db, site, today, ct);
        findings.AddRange(told);
        if (findings.Count == 0)
            findings.Add(Finding.Ok(Code, $"Mapping dan jadwal sama dengan referensi BPJS dan HFIS ({Hours(age!.Value).Indonesian}).", $"Mappings and schedules are those of BPJS and HFIS ({Hours(age.Value).English})."));
        return findings;
    }

    private static IEnumerable<Finding> Age(long read, TimeSpan? age, string? failure)
    {
        var toDo = new Words("Referensi diambil sendiri sekali sehari oleh ./alur serve; minta sekarang juga: POST /api/antrean/references/refresh", "References are fetched once a day by ./alur serve; to have them now: POST /api/antrean/references/refresh");
        if (read < 2)
        {
            yield return Finding.Warning(Code, new($"Referensi BPJS belum diambil, jadi mapping dan jadwal belum dibandingkan{Because(failure)}.", $"BPJS's references were not read yet, so mappings and schedules are not compared{Because(failure)}."), toDo);
        }
        else if (age > s_old || failure is not null)
        {
            yield return Finding.Warning(Code, new($"Referensi BPJS yang dibandingkan paling lama {Hours(age!.Value).Indonesian}{Because(failure)}.", $"BPJS's references that are compared are up to {Hours(age.Value).English}{Because(failure)}."), toDo);
        }
    }

    private static async Task<List<Finding>> Compare(NpgsqlDataSource db, Site site, DateOnly today, CancellationToken ct)
    {
        await using var command = db.CreateCommand(AskDifferences);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site.Code));
        command.Parameters.Add(new NpgsqlParameter<DateOnly>("today", today));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<DifferenceRow>();
        while (await reader.ReadAsync(ct))
            rows.Add(new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1), Describe(reader), reader.GetFieldValue<string[]>(10)));
        return [.. DifferenceKinds.All.Join(rows.GroupBy(r => r.Kind), kind => kind.Code, same => same.Key, (kind, same) => Of(kind, [.. same]))];
    }

    // The same on several days is one example.
    private static Finding Of(DifferenceKind kind, List<DifferenceRow> rows)
    {
        var visits = rows.SelectMany(r => r.Visits).Distinct(StringComparer.Ordinal).Count();
        var examples = rows.GroupBy(r => r.Text).Select(same => Days(same.Select(r => r.Day)) + same.Key).ToList();
        var named = string.Join("; ", examples.Take(MostNamed)) + (examples.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"; +{examples.Count - MostNamed}") : "");
        return Finding.Warning(Code,
            new($"{kind.Found.Indonesian} (perbedaan: {rows.Count}, kunjungan mulai hari ini: {visits}): {named}.", $"{kind.Found.English} (differences: {rows.Count}, visits from today on: {visits}): {named}."), kind.Do);
    }

    private static string Days(IEnumerable<DateOnly?> days) =>
        string.Join(", ", days.OfType<DateOnly>().Order().Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))) is { Length: > 0 } text ? text + " " : "";

    // Such as: Poli Anak (ANA), dr. Satu (292667): Khanza 07:00-14:00, BPJS 08:00-12:00
    private static string Describe(NpgsqlDataReader row)
    {
        string?[] who = [Named(row, 2, 3, 4), Named(row, 5, 6, 7)];
        string?[] said = [row.Maybe<string>(8) is { Length: > 0 } khanza ? "Khanza " + khanza : null, row.Maybe<string>(9) is { Length: > 0 } bpjs ? "BPJS " + bpjs : null];
        var what = string.Join(", ", said.OfType<string>());
        return string.Join(", ", who.OfType<string>()) + (what.Length > 0 ? ": " + what : "");
    }

    private static string? Named(NpgsqlDataReader row, int name, int id, int code) =>
        (row.Maybe<string>(name) ?? row.Maybe<string>(id) ?? (row.IsDBNull(code) ? null : "?")) is { } known ? $"{known} ({row.Maybe<string>(code) ?? "-"})" : null;

    private sealed record DifferenceRow(string Kind, DateOnly? Day, string Text, string[] Visits);

    private static string Because(string? failure) => failure is null ? "" : $" ({failure})";

    private static Words Hours(TimeSpan age) => age < TimeSpan.FromHours(1)
        ? new("kurang dari satu jam yang lalu", "less than an hour old")
        : new(string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} jam yang lalu"), string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h old"));
}
