using System.Globalization;
using Bogus;
using Bogus.DataSets;

namespace Alur.Simulators.Khanza;

/// <summary>Invents people with Indonesian names and with numbers that cannot be anybody's.</summary>
internal static class InventPatients
{
    // At most 40 characters each, as the column holds.
    private static readonly string[] OddNames =
    [
        "Ny. O'Rina \"Ina\" D'Souza", "Bpk. Slamet \\ Riyadi", "André Gonçalves Ñusa", "Siti\tAminah\r\n", "By. Ny. Tuti\u0001", "Rara ðŸ˜Š Anjani", "'; drop table pasien; --",
    ];

    /// <summary>So many people; some of their names and telephone fields are untidy.</summary>
    public static IReadOnlyList<Patient> Some(int count, DateOnly day, DayShares shares, Random random)
    {
        var names = new Name("id_ID") { Random = new Randomizer(random.Next()) };
        var patients = new List<Patient>(count);
        for (var i = 1; i <= count; i++)
        {
            var female = random.Next(2) == 0;
            var name = names.FullName(female ? Name.Gender.Female : Name.Gender.Male);
            if (random.NextDouble() < shares.OddName)
                name = OddNames[i % OddNames.Length];
            var phone = string.Create(CultureInfo.InvariantCulture, $"0800000{i:000000}");
            patients.Add(new(
                i.ToString("000000", CultureInfo.InvariantCulture),
                name.Length > 40 ? name[..40] : name,
                female ? "P" : "L",
                day.AddDays(-random.Next(365, 85 * 365)),
                // No province has the code 99, no card starts with 9999, no phone number with 0800-000.
                string.Create(CultureInfo.InvariantCulture, $"99{random.NextInt64(0, 100_000_000):00000000}{i:000000}"),
                string.Create(CultureInfo.InvariantCulture, $"9999{i:000000000}"),
                phone,
                random.NextDouble() < shares.UntidyPhone ? Untidy(phone, i) : phone));
        }

        return patients;
    }

    private static string Untidy(string phone, int i) => (i % 3) switch
    {
        0 => $"{phone} / 0800-000-99",
        1 => $"{phone[..4]}-{phone[4..8]}-{phone[8..]}",
        _ => $"rumah: - ; hp {phone}",
    };
}
