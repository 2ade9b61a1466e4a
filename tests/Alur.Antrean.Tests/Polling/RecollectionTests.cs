namespace Alur.Antrean.Tests.Polling;

/// <summary>Between two polls the server remembers what it saw. It must never take that for what is stored, or miss a change in what decides.</summary>
public sealed class RecollectionTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    public async Task Nothing_is_written_while_nothing_changes_and_everything_when_it_does()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        Assert.Equal(1, (await hospital.Poll()).Changed);
        Assert.Equal(0, (await hospital.Poll()).Changed);
        await hospital.Folder(Visit, sent: "08:00:00");
        Assert.Equal(1, (await hospital.Poll()).Changed);
        Assert.Equal(0, (await hospital.Poll()).Changed);
    }

    [Theory]
    [InlineData("delete from maping_poli_bpjs", "BLOCKED_BPJS")]
    [InlineData("update maping_dokter_dpjpvclaim set kd_dokter_bpjs = '1' where kd_dokter = 'D001'", "READY_BPJS")]
    [InlineData("delete from jadwal", "BLOCKED_BPJS")]
    public async Task A_changed_mapping_or_schedule_counts_though_no_row_of_the_visit_changed(string change, string status)
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Khanza.Execute(change);
        Assert.Equal(1, (await hospital.Poll()).Changed);
        Assert.Equal(status, (string)(await hospital.Event(Visit))!["status"]!);
    }

    [Fact]
    public async Task What_is_stored_decides_not_what_is_remembered()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Execute(@"update antrean.visits set source_hash = '\x00'");
        Assert.Equal(1, (await hospital.Poll()).Changed);
    }

    [Fact]
    public async Task A_visit_that_left_and_came_back_is_seen_again()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Khanza.Execute("update reg_periksa set no_rawat = '2026/01/20/009999'");
        await hospital.Poll();
        await hospital.Khanza.Execute($"update reg_periksa set no_rawat = '{Visit}'");
        Assert.Equal(1, (await hospital.Poll()).Changed);
        Assert.Equal("READY_BPJS", (string)(await hospital.Event(Visit))!["status"]!);
    }
}
