using System.Globalization;

namespace Alur.Simulators.Bpjs;

/// <summary>The lists of bookings and tasks, in BPJS's fields.</summary>
internal static class BookingLists
{
    private const string ByDay = "antrean/pendaftaran/tanggal/";
    private const string ByCode = "antrean/pendaftaran/kodebooking/";

    // Our words for BPJS's meanings.
    private static readonly Dictionary<int, string> s_names = new()
    {
        [1] = "Mulai tunggu admisi", [2] = "Mulai layan admisi", [3] = "Mulai tunggu poli", [4] = "Mulai layan poli", [5] = "Selesai layan poli",
        [6] = "Mulai layan farmasi", [7] = "Obat selesai", [99] = "Batal",
    };

    /// <summary>The answer when the path is one of these lists; null when it is not.</summary>
    public static Answer? For(string path, IEnumerable<Booking> bookings) =>
        path.StartsWith(ByDay, StringComparison.Ordinal) && DateOnly.TryParseExact(path[ByDay.Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? List(bookings.Where(b => b.Tanggalperiksa == day))
        : path.StartsWith(ByCode, StringComparison.Ordinal) ? List(bookings.Where(b => b.Kodebooking == path[ByCode.Length..]))
        : path == "antrean/pendaftaran/aktif" ? List(bookings.Where(b => !b.Cancelled && !b.Waktu.ContainsKey(4)))
        : null;

    /// <summary>What <c>getlisttask</c> shows: tasks younger than the lag are not there yet.</summary>
    public static Answer Tasks(Booking booking, TimeSpan lag)
    {
        var shown = booking.Waktu
            .Where(t => TimeProvider.System.GetElapsedTime(booking.Received[t.Key].Stamp) >= lag)
            .Select(t => new
            {
                wakturs = Wib(AntreanRules.InWib(t.Value)),
                waktu = Wib(booking.Received[t.Key].At.ToOffset(HospitalTime.Wib)),
                taskname = s_names[t.Key],
                taskid = t.Key,
                kodebooking = booking.Kodebooking,
            })
            .ToList();
        return shown.Count > 0 ? Answer.Of(shown) : DocumentedAnswers.NoContent;
    }

    private static Answer List(IEnumerable<Booking> bookings)
    {
        var list = bookings.Select(Item).ToList();
        return list.Count > 0 ? Answer.Of(list) : DocumentedAnswers.NoContent;
    }

    private static object Item(Booking b) => new
    {
        kodebooking = b.Kodebooking,
        tanggal = b.Tanggalperiksa.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        kodepoli = b.Request.Text("kodepoli"),
        kodedokter = b.Request.Number("kodedokter"),
        jampraktek = b.Request.Text("jampraktek"),
        nik = b.Request.Text("nik"),
        nokapst = b.Request.Text("nomorkartu"),
        nohp = b.Request.Text("nohp"),
        norekammedis = b.Request.Text("norm"),
        jeniskunjungan = b.Request.Number("jeniskunjungan"),
        nomorreferensi = b.Request.Text("nomorreferensi"),
        sumberdata = "Bridging Antrean",
        ispeserta = b.Jenispasien == "JKN" ? 1 : 0,
        noantrean = b.Request.Text("nomorantrean"),
        estimasidilayani = b.Request.Number("estimasidilayani"),
        createdtime = b.CreatedAt.ToUnixTimeMilliseconds(),
        // The word for a cancelled booking is not public: invented.
        status = b.Cancelled ? "Batal" : b.Waktu.ContainsKey(5) ? "Selesai dilayani" : b.Waktu.ContainsKey(4) ? "Sedang dilayani" : "Belum dilayani",
    };

    private static string Wib(DateTimeOffset moment) => moment.ToString("dd-MM-yyyy HH:mm:ss 'WIB'", CultureInfo.InvariantCulture);
}
