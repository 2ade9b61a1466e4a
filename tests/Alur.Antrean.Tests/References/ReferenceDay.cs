using Alur.Antrean.References;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.References;

/// <summary>The test hospital as BPJS's book has it when both agree: Tuesday 20 and Wednesday 21 January 2026.</summary>
internal static class ReferenceDay
{
    public static readonly HfisBook Agreed = new(
        [new("ANA", "ANAK", "ANA", "ANAK"), new("MAT", "MATA", "MAT", "MATA")],
        [new(292667, "dr. Satu"), new(292668, "dr. Dua")],
        [new(2, "ANA", 292667, new(7, 0), new(23, 59), 40), new(3, "ANA", 292667, new(7, 0), new(14, 0), 40)],
        []);

    public static Task<RefreshReferences.RefreshResult> Refresh(this TestHospital hospital) =>
        hospital.Services.GetRequiredService<RefreshReferences>().RunOnce(TestHospital.Code, CancellationToken.None);

    /// <summary>"KIND poli dokter" of every difference, with the day of the month where it has one.</summary>
    public static Task<List<string>> Found(this TestHospital hospital, params string[] columns) => hospital.Column(
        $"select {string.Join(", ", columns.DefaultIfEmpty("kind, day, poli_id, dokter_id"))} from ({Differences.Sql.Replace("@site", "'default'", StringComparison.Ordinal).Replace("@today", "$1", StringComparison.Ordinal)}) d order by place",
        hospital.Site.Today(hospital.Clock));

    /// <summary>What BPJS was asked.</summary>
    public static IEnumerable<string> Asked(this TestHospital hospital) => hospital.Bpjs.Ledger.Calls.Select(c => c.Endpoint);
}
