using System.Globalization;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>Clocks that should tell the same time. A wrong one makes signatures invalid and moments refused.</summary>
internal static class CheckClock
{
    private const string Ask = "select unix_timestamp(now(6)), timestampdiff(second, utc_timestamp(), now())";

    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(5);

    /// <summary>Compares the database server's clock and zone with ours and with the hospital's.</summary>
    public static async Task<IReadOnlyList<Finding>> OfKhanza(KhanzaTalk khanza, TimeZoneInfo zone, CancellationToken ct)
    {
        var before = DateTimeOffset.UtcNow;
        var row = (await khanza.Rows(Ask, ct))[0];
        var here = before + ((DateTimeOffset.UtcNow - before) / 2);
        var theirs = DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(row[0]!, CultureInfo.InvariantCulture));
        var offset = TimeSpan.FromMinutes(Math.Round(double.Parse(row[1]!, CultureInfo.InvariantCulture) / 60));
        var expected = zone.GetUtcOffset(here);
        List<Finding> findings = [Judge("khanza.clock", "Khanza", theirs - here)];
        if (offset != expected)
        {
            findings.Add(Finding.Warning("khanza.zone",
                new($"Zona waktu server Khanza {Text(offset)}, rumah sakit {Text(expected)}: waktu yang diisi oleh server itu sendiri akan salah.",
                    $"The Khanza server's zone is {Text(offset)}, the hospital's {Text(expected)}: times that this server fills in by itself would be wrong."),
                new("Periksa Zone di alur.json; bila benar, minta DBA mengatur time_zone MariaDB.", "Check Zone in alur.json; if that is right, ask the DBA to set MariaDB's time_zone.")));
        }
        return findings;
    }

    /// <summary>What a difference of clocks means.</summary>
    /// <param name="check">Code of the check.</param>
    /// <param name="whose">Whose clock it is.</param>
    /// <param name="ahead">How far it is ahead of ours.</param>
    internal static Finding Judge(string check, string whose, TimeSpan ahead)
    {
        var seconds = Math.Round(Math.Abs(ahead.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var found = ahead >= TimeSpan.Zero
            ? new Words($"Jam {whose} lebih cepat {seconds} detik dari jam mesin ini.", $"The clock of {whose} is {seconds} s ahead of this machine's.")
            : new Words($"Jam {whose} lebih lambat {seconds} detik dari jam mesin ini.", $"The clock of {whose} is {seconds} s behind this machine's.");
        var toDo = new Words("Nyalakan NTP (timedatectl set-ntp true) di mesin ini dan di server Khanza.", "Switch NTP on (timedatectl set-ntp true) here and on the Khanza server.");
        return ahead.Duration() >= Harmful ? Finding.Wrong(check, found, toDo)
            : ahead.Duration() >= Tolerated ? Finding.Warning(check, found, toDo)
            : Finding.Ok(check, $"Jam {whose} cocok.", $"The clock of {whose} agrees.");
    }

    private static string Text(TimeSpan offset) => string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
}
