using System.Data.Common;
using System.Runtime.CompilerServices;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Khanza;

/// <summary>
/// Reads one window of a Khanza database in one snapshot over one connection, with a number of statements that does not grow with
/// the number of visits. It either returns everything or throws: a read that broke off must never make rows look deleted.
/// </summary>
internal sealed class ReadKhanza(DbConnection connection, Site site, KhanzaWindow window)
{
    private const int Chunk = 500;
    private readonly KhanzaMoments _moments = new(site.Sources.Values.SelectMany(x => x));
    private readonly HashSet<string> _sources = site.Sources.Values.SelectMany(x => x).ToHashSet(StringComparer.Ordinal);
    private readonly List<string> _outside = [];

    /// <summary>Runs the read. <paramref name="known"/> are visits of our own whose numbers lie outside the window's range.</summary>
    public static async Task<KhanzaSnapshot> Run(
        DbDataSource khanza, Site site, KhanzaWindow window, IEnumerable<string> known, CancellationToken ct)
    {
        await using var connection = await khanza.OpenConnectionAsync(ct);
        var reading = new ReadKhanza(connection, site, window);
        await reading.Begin(ct);
        var snapshot = await reading.Snapshot(known, ct);
        await reading.Execute(KhanzaQueries.End, ct);
        return snapshot;
    }

    /// <summary>Reads the days one after the other, all from the same moment of the database; only one of them is held at a time.</summary>
    public static async IAsyncEnumerable<(KhanzaWindow Day, KhanzaSnapshot Khanza)> Days(
        DbDataSource khanza, Site site, KhanzaWindow days, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await khanza.OpenConnectionAsync(ct);
        await new ReadKhanza(connection, site, days).Begin(ct);
        for (var day = days.First; day <= days.Last; day = day.AddDays(1))
        {
            var window = new KhanzaWindow(day, day);
            yield return (window, await new ReadKhanza(connection, site, window).Snapshot([], ct));
        }
        await new ReadKhanza(connection, site, days).Execute(KhanzaQueries.End, ct);
    }

    private async Task Begin(CancellationToken ct)
    {
        foreach (var statement in KhanzaQueries.Begin)
            await Execute(statement, ct);
    }

    private async Task<KhanzaSnapshot> Snapshot(IEnumerable<string> known, CancellationToken ct)
    {
        _outside.AddRange(known);
        var bookings = await Bookings(ct);
        _outside.AddRange(bookings.Select(b => b.VisitId).Where(id => id.Length > 0 && !window.Holds(id)));
        _outside.Sort(StringComparer.Ordinal);
        var visits = await Visits(ct);
        await Moments(ct);
        var letters = site.Options.OnSiteJkn == "bridge" ? await Letters(ct) : [];
        var slots = await Slots(ct);
        return new KhanzaSnapshot(
            visits, bookings, _moments, letters, slots, await Codes(KhanzaQueries.Clinics, ct), await Codes(KhanzaQueries.Doctors, ct));
    }

    private async Task<List<KhanzaBooking>> Bookings(CancellationToken ct)
    {
        var bookings = new Dictionary<string, KhanzaBooking>(StringComparer.Ordinal);
        await foreach (var row in Rows(KhanzaQueries.BookingsByCode, [("@from", window.FirstBooking), ("@to", window.LastBooking)], ct))
            Add(row);
        await foreach (var row in RowsOfVisits(KhanzaQueries.BookingsByVisit, ct))
            Add(row);
        return [.. bookings.Values];

        void Add(KhanzaRow row)
        {
            var booking = new KhanzaBooking(
                row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text() == "1", row.Text(), KhanzaMoment.Date(row.Raw()),
                row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Number(), row.Number(), row.Number(), row.Number(), row.Text());
            bookings[booking.Code] = booking;
            Observe(booking.VisitId, "referensi_mobilejkn_bpjs.validasi", row.Raw());
        }
    }

    private async Task<Dictionary<string, KhanzaVisit>> Visits(CancellationToken ct)
    {
        var columns = _sources.Where(s => s.StartsWith("reg_periksa.task_id_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var sql = KhanzaQueries.Visits.Replace("{columns}", string.Concat(columns.Select(c => $", cast(r.{c["reg_periksa.".Length..]} as char)")), StringComparison.Ordinal);
        var visits = new Dictionary<string, KhanzaVisit>(StringComparer.Ordinal);
        await foreach (var row in RowsOfVisits(sql, ct))
        {
            var (id, number, date, clock) = (row.Text(), row.Text(), KhanzaMoment.Date(row.Raw()), row.Raw());
            var time = KhanzaMoment.Time(clock);
            var visit = new KhanzaVisit(
                id, number, date, time, row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text() == "Baru", row.Text() == "Ralan",
                row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.TextStripped);
            visits[id] = visit;
            Observe(id, "reg_periksa.jam_reg", time is null ? null : date?.ToDateTime(time.Value), clock);
            foreach (var column in columns)
                Observe(id, column, row.Raw());
        }
        return visits;
    }

    private async Task Moments(CancellationToken ct)
    {
        if (Uses("mutasi_berkas."))
        {
            await foreach (var row in RowsOfVisits(KhanzaQueries.Folders, ct))
            {
                var id = row.Text();
                Observe(id, "mutasi_berkas.dikirim", row.Raw());
                Observe(id, "mutasi_berkas.diterima", row.Raw());
                Observe(id, "mutasi_berkas.kembali", row.Raw());
            }
        }
        if (Uses("pemeriksaan_ralan."))
        {
            await foreach (var row in RowsOfVisits(KhanzaQueries.Notes, ct))
            {
                var (id, date, time) = (row.Text(), row.Raw(), row.Raw());
                Observe(id, "pemeriksaan_ralan.first", date, time);
                if (row.Number() == 1)
                    Observe(id, "pemeriksaan_ralan.petugas", date, time);
                if (row.Number() == 1)
                    Observe(id, "pemeriksaan_ralan.dokter", date, time);
            }
        }
        if (Uses("resep_obat."))
        {
            await foreach (var row in RowsOfVisits(KhanzaQueries.Prescriptions, ct))
            {
                var id = row.Text();
                Observe(id, "resep_obat.peresepan", row.Raw(), row.Raw());
                Observe(id, "resep_obat.perawatan", row.Raw(), row.Raw());
                Observe(id, "resep_obat.penyerahan", row.Raw(), row.Raw());
            }
        }
    }

    private async Task<Dictionary<string, KhanzaLetter>> Letters(CancellationToken ct)
    {
        var letters = new Dictionary<string, KhanzaLetter>(StringComparer.Ordinal);
        await foreach (var row in RowsOfVisits(KhanzaQueries.Letters, ct))
            letters.TryAdd(row.Text(), new KhanzaLetter(row.Text(), row.Text(), row.Text()));
        return letters;
    }

    private async Task<ILookup<(string Doctor, string Clinic), KhanzaSlot>> Slots(CancellationToken ct)
    {
        var slots = new List<((string, string) Key, KhanzaSlot Slot)>();
        await foreach (var row in Rows(KhanzaQueries.Slots, [], ct))
        {
            var (key, day, start, end, quota) = ((row.Text(), row.Text()), row.Text(), KhanzaMoment.Time(row.Raw()), KhanzaMoment.Time(row.Raw()), row.Number());
            slots.Add((key, new KhanzaSlot(day, start ?? default, end ?? default, quota)));
        }
        return slots.ToLookup(x => x.Key, x => x.Slot);
    }

    private async Task<Dictionary<string, string>> Codes(string sql, CancellationToken ct)
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in Rows(sql, [], ct))
            codes[row.Text()] = row.Text();
        return codes;
    }

    private void Observe(string visitId, string source, string? text) => Observe(visitId, source, KhanzaMoment.Parse(text), text);

    private void Observe(string visitId, string source, string? date, string? time) =>
        Observe(visitId, source, KhanzaMoment.Parse(date, time), date is null ? null : time);

    private void Observe(string visitId, string source, DateTime? moment, string? text)
    {
        if (visitId.Length > 0 && text is not null)
            _moments.Add(visitId, source, moment);
    }

    private bool Uses(string table) => _sources.Any(source => source.StartsWith(table, StringComparison.Ordinal));

    private async IAsyncEnumerable<KhanzaRow> RowsOfVisits(string sql, [EnumeratorCancellation] CancellationToken ct)
    {
        var range = sql.Replace("{where}", "between @from and @to", StringComparison.Ordinal);
        await foreach (var row in Rows(range, [("@from", window.FirstVisit), ("@to", window.LastVisit)], ct))
            yield return row;
        foreach (var chunk in _outside.Distinct(StringComparer.Ordinal).Chunk(Chunk))
        {
            var names = chunk.Select((id, i) => ($"@v{i}", id)).ToList();
            await foreach (var row in Rows(sql.Replace("{where}", $"in ({string.Join(", ", names.Select(n => n.Item1))})", StringComparison.Ordinal), names, ct))
                yield return row;
        }
    }

    private async IAsyncEnumerable<KhanzaRow> Rows(
        string sql, IReadOnlyList<(string Name, string Value)> parameters, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command(sql);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        await using var reader = await command.ExecuteReaderAsync(ct);
        var row = new KhanzaRow(reader);
        while (await row.Read(ct))
            yield return row;
    }

    private async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, site.Options.Khanza.TimeoutSeconds);
        return command;
    }
}
