using System.Globalization;
using Bogus;
using Bogus.DataSets;

namespace Alur.Simulators.Khanza;

/// <summary>Invents people with Indonesian names and with numbers that cannot be anybody's.</summary>
internal static class InventPatients
{
    public static IReadOnlyList<Patient> Some(int count, DateOnly day, Random random)
    {
        var names = new Name("id_ID") { Random = new Randomizer(random.Next()) };
        var patients = new List<Patient>(count);
        for (var i = 1; i <= count; i++)
        {
            var female = random.Next(2) == 0;
            var name = names.FullName(female ? Name.Gender.Female : Name.Gender.Male);
            patients.Add(new(
                i.ToString("000000", CultureInfo.InvariantCulture),
                name.Length > 40 ? name[..40] : name,
                female ? "P" : "L",
                day.AddDays(-random.Next(365, 85 * 365)),
                // No province has the code 99, no card starts with 9999, no phone number with 0800-000.
                string.Create(CultureInfo.InvariantCulture, $"99{random.NextInt64(0, 100_000_000):00000000}{i:000000}"),
                string.Create(CultureInfo.InvariantCulture, $"9999{i:000000000}"),
                string.Create(CultureInfo.InvariantCulture, $"0800000{i:000000}")));
        }

        return patients;
    }
}
