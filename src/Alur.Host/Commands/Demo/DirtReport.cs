using System.Globalization;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands.Demo;

/// <summary>What is out of the ordinary in the day that is about to be played, in words and with its share.</summary>
internal static class DirtReport
{
    private const int Width = 128;

    private static readonly Dictionary<Irregularity, string> Names = new()
    {
        [Irregularity.EmergencyClinic] = "emergency unit, no queue",
        [Irregularity.UnmappedClinic] = "clinic without a BPJS code",
        [Irregularity.UnmappedDoctor] = "doctor without a BPJS code",
        [Irregularity.NoSchedule] = "doctor without hours",
        [Irregularity.NoQuota] = "doctor without a quota",
        [Irregularity.NewPatient] = "new patient",
        [Irregularity.NoNote] = "no note of the doctor",
        [Irregularity.EqualPair] = "file sent and received in the same second",
        [Irregularity.PairCorrected] = "sent and received in the same second, corrected later",
        [Irregularity.NoteBeforeFolder] = "doctor's note before the file was scanned",
        [Irregularity.LateEntry] = "file typed in after the note",
        [Irregularity.WrongDay] = "file sent 'yesterday'",
        [Irregularity.ZeroDate] = "zero date",
        [Irregularity.HalfZeroDate] = "half-zero date",
        [Irregularity.NegativeTime] = "negative or 25-hour time",
        [Irregularity.UnreadableRegistration] = "unreadable registration",
        [Irregularity.Retyped] = "time corrected",
        [Irregularity.RetypedOutOfOrder] = "time changed to a wrong one",
        [Irregularity.Erased] = "time emptied",
        [Irregularity.CancelledEarly] = "cancelled right after registering",
        [Irregularity.CancelledLate] = "cancelled half-way",
        [Irregularity.BookingCancelled] = "cancelled in the app",
        [Irregularity.Deleted] = "deleted with all its rows",
        [Irregularity.DeleteRefused] = "deletion refused (prescription)",
        [Irregularity.BackDated] = "back-dated",
        [Irregularity.AcrossMidnight] = "across midnight",
        [Irregularity.FutureBooking] = "booked for tomorrow",
        [Irregularity.OtherPrefix] = "visit number of another day",
    };

    /// <summary>A heading and some lines that fit a terminal.</summary>
    public static IEnumerable<string> Shares(DayRequest request)
    {
        var shares = request.Shares;
        yield return string.Create(CultureInfo.InvariantCulture, $"Of 100 visits about {shares.Irregular.Values.Sum() * 100:0.#} are out of the ordinary. So many of each sort:");
        var line = " ";
        foreach (var item in shares.Irregular.Select(s => Percent(Names[s.Key], s.Value))
            .Append(Percent("and besides these: odd names", shares.OddName)).Append(Percent("untidy phone numbers", shares.UntidyPhone))
            .Append(Percent("doctors whose hours HFIS has otherwise", shares.HfisDiffers)).Append(Percent("prescriptions", shares.Prescription)).Append(Percent("control letters at the desk", shares.ControlLetter)))
        {
            if (line.Length + item.Length > Width)
            {
                yield return line;
                line = " ";
            }

            line += $" {item};";
        }

        yield return line.TrimEnd(';') + ".";
    }

    /// <summary>One line: what goes wrong between the machines.</summary>
    public static string Faults(DemoSettings settings)
    {
        var f = settings.BpjsFaults;
        var faulty = f.ServerError + f.Html + f.Empty + f.Slow + f.Reset + f.BrokenBase64 + f.TryAgain;
        var (khanza, server) = DemoSettings.Disturbances;
        return string.Create(CultureInfo.InvariantCulture,
            $"Faults {settings.Faults}: {faulty * 100:0.#} % faulty answers; {f.AcceptedThenLost * 100:0.#} % of calls accepted without an answer; BPJS down at {string.Join(", ", f.Outages.Select(o => o.From.ToString("HH:mm", CultureInfo.InvariantCulture)))} for 10 minutes")
            + (settings.IsHeavy ? string.Create(CultureInfo.InvariantCulture, $"; Khanza's database restarted at {khanza:HH:mm}; the server killed at {server:HH:mm} and started again.") : ".");
    }

    private static string Percent(string name, double share) => string.Create(CultureInfo.InvariantCulture, $"{name} {share * 100:0.#}");
}
