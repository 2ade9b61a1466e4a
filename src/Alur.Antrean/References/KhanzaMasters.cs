using System.Data.Common;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;

namespace Alur.Antrean.References;

/// <summary>A clinic of the hospital; the last two are Khanza's mapping, empty where there is none.</summary>
internal sealed record KhanzaClinic(string PoliId, string Name, string Kodepoli, string BpjsName);

/// <summary>A doctor of the hospital; the last two are Khanza's mapping, empty where there is none.</summary>
internal sealed record KhanzaDoctor(string DokterId, string Name, string Kodedokter, string BpjsName);

/// <summary>A row of the weekly schedule that says hours; <paramref name="Weekday"/> 1 is Monday, 7 Sunday.</summary>
internal sealed record KhanzaHours(string PoliId, string DokterId, int Weekday, string Hours, int? Quota);

/// <summary>Everything of Khanza that BPJS's reference lists are compared with. Clinics that are never sent are nobody's concern here.</summary>
internal sealed record KhanzaMasters(IReadOnlyList<KhanzaClinic> Clinics, IReadOnlyList<KhanzaDoctor> Doctors, IReadOnlyList<KhanzaHours> Hours)
{
    private static readonly DateOnly s_monday = new(2024, 1, 1);

    private static readonly Dictionary<string, int> s_weekdays =
        Enumerable.Range(0, 7).ToDictionary(n => Schedule.Weekday(s_monday.AddDays(n)), n => n + 1, StringComparer.Ordinal);

    /// <summary>Reads them in one snapshot: three statements over small tables.</summary>
    public static async Task<KhanzaMasters> Read(DbDataSource khanza, Site site, CancellationToken ct)
    {
        await using var connection = await khanza.OpenConnectionAsync(ct);
        foreach (var statement in KhanzaQueries.Begin)
            await Execute(connection, statement, site, ct);
        var clinics = await Rows(connection, KhanzaQueries.NamedClinics, site, r => new KhanzaClinic(r.Text(), r.Text(), r.Text(), r.Text()), ct);
        var doctors = await Rows(connection, KhanzaQueries.NamedDoctors, site, r => new KhanzaDoctor(r.Text(), r.Text(), r.Text(), r.Text()), ct);
        var hours = await Rows(connection, KhanzaQueries.Slots, site, Hour, ct);
        await Execute(connection, KhanzaQueries.End, site, ct);
        return new KhanzaMasters(
            [.. clinics.OfType<KhanzaClinic>().Where(c => !site.ExcludedClinics.Contains(c.PoliId))],
            [.. doctors.OfType<KhanzaDoctor>()],
            [.. hours.OfType<KhanzaHours>().Where(h => !site.ExcludedClinics.Contains(h.PoliId)).Distinct()]);
    }

    private static KhanzaHours? Hour(KhanzaRow row)
    {
        var (doctor, clinic, weekday) = (row.Text(), row.Text(), s_weekdays.GetValueOrDefault(row.Text()));
        var slot = new KhanzaSlot("", KhanzaMoment.Time(row.Raw()) ?? default, KhanzaMoment.Time(row.Raw()) ?? default, row.Number());
        return slot.IsUsable && weekday > 0 ? new KhanzaHours(clinic, doctor, weekday, slot.Hours, slot.Quota) : null;
    }

    private static async Task<List<T?>> Rows<T>(DbConnection connection, string sql, Site site, Func<KhanzaRow, T?> read, CancellationToken ct)
    {
        await using var command = Command(connection, sql, site);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (row, rows) = (new KhanzaRow(reader), new List<T?>());
        while (await row.Read(ct))
            rows.Add(read(row));
        return rows;
    }

    private static async Task Execute(DbConnection connection, string sql, Site site, CancellationToken ct)
    {
        await using var command = Command(connection, sql, site);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static DbCommand Command(DbConnection connection, string sql, Site site)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, site.Options.Khanza.TimeoutSeconds);
        return command;
    }
}
