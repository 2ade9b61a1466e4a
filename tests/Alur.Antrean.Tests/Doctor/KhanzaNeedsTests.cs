using Alur.Antrean.Doctor;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Alur.Testing;

namespace Alur.Antrean.Tests.Doctor;

public sealed class KhanzaNeedsTests
{
    private static readonly Site Everything = new(0, "all", new SiteOptions { OnSiteJkn = "bridge" })
    {
        Sources = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["3"] = [.. TaskProfiles.Sources] },
    };

    /// <summary>The list is written by hand; a database with exactly these columns tells whether one is forgotten.</summary>
    [Fact]
    public async Task A_poll_reads_no_column_that_the_doctor_does_not_look_for()
    {
        await using var khanza = await MariaDbTestServer.CreateDatabase();
        foreach (var need in KhanzaNeeds.Of(Everything))
            await khanza.Execute($"create table {need.Table} ({string.Join(", ", need.Columns.Select(c => $"{c} varchar(20)"))})");

        var read = await ReadKhanza.Run(khanza.Reader, Everything, new KhanzaWindow(new(2026, 1, 1), new(2026, 1, 8)), ["2025/01/01/000001"], CancellationToken.None);

        Assert.Empty(read.Visits);
    }

    [Fact]
    public void The_doctor_looks_for_no_column_that_a_poll_does_not_read()
    {
        var read = string.Join(' ', typeof(KhanzaQueries).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!));

        foreach (var column in KhanzaNeeds.Of(Everything).SelectMany(n => n.Columns).Where(c => !c.StartsWith("task_id_", StringComparison.Ordinal)))
            Assert.Matches($@"\b{column}\b", read + string.Join(' ', KhanzaNeeds.Statements(Everything).Select(s => s.Sql)));
    }

    [Theory]
    [InlineData("GRANT USAGE ON *.* TO `alur`@`%` IDENTIFIED BY PASSWORD '*HASH'", nameof(FindingLevel.Ok), "")]
    [InlineData("GRANT SELECT, SHOW VIEW ON `sik`.* TO `alur`@`%`", nameof(FindingLevel.Ok), "")]
    [InlineData("GRANT SELECT (no_rawat, stts) ON `sik`.`reg_periksa` TO `alur`@`%`", nameof(FindingLevel.Ok), "")]
    [InlineData("GRANT SELECT, UPDATE (stts, jam_reg) ON `sik`.`reg_periksa` TO `alur`@`%`", nameof(FindingLevel.Wrong), "UPDATE on sik.reg_periksa")]
    [InlineData("GRANT ALL PRIVILEGES ON *.* TO `root`@`%` IDENTIFIED BY PASSWORD '*HASH' WITH GRANT OPTION", nameof(FindingLevel.Wrong), "ALL PRIVILEGES, GRANT OPTION on *.*")]
    [InlineData("GRANT EXECUTE ON PROCEDURE `sik`.`fill` TO `alur`@`%`", nameof(FindingLevel.Wrong), "EXECUTE on sik.fill")]
    [InlineData("GRANT `dokter` TO `alur`@`%`", nameof(FindingLevel.Warning), "role dokter")]
    public void Grants_are_read_as_servers_print_them(string grant, string level, string found)
    {
        var finding = Assert.Single(CheckGrants.Judge([grant, "SET DEFAULT ROLE `x` FOR `alur`@`%`"]));

        Assert.Equal(level, finding.Level.ToString());
        Assert.Contains(found, finding.Found.English, StringComparison.Ordinal);
        Assert.DoesNotContain("HASH", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_everybody_may_do_is_not_asked_to_be_revoked_from_the_account()
    {
        var finding = Assert.Single(CheckGrants.Judge([@"GRANT SELECT, INSERT ON `test\_%`.* TO PUBLIC"]));

        Assert.EndsWith(@"REVOKE ALL PRIVILEGES ON `test\_%`.* FROM PUBLIC;", finding.Do!.English, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALL", null, 999, false), InlineData("ALL", null, 1000, true), InlineData("index", "PRIMARY", 5000, true)]
    [InlineData("range", "PRIMARY", 49_999, false), InlineData("ref", "status", 50_000, true), InlineData("eq_ref", "PRIMARY", 1, false)]
    public void A_step_of_a_plan_is_named_when_somebody_would_notice_it(string access, string? index, long rows, bool named) =>
        Assert.Equal(named, CheckPlans.Judge("reg_periksa", access, index, rows) is not null);

    [Theory]
    [InlineData("off", "10.0.0.5", null, nameof(FindingLevel.Warning)), InlineData("off", "127.0.0.1", null, nameof(FindingLevel.Ok))]
    [InlineData("off", null, "/run/mysqld/mysqld.sock", nameof(FindingLevel.Ok)), InlineData("verified", "10.0.0.5", null, nameof(FindingLevel.Ok))]
    public void Reading_over_a_network_without_tls_is_a_warning(string tls, string? host, string? socket, string level) =>
        Assert.Equal(level, CheckKhanza.Tls(new KhanzaOptions { Tls = tls, Host = host, Socket = socket }, "TLSv1.3").Level.ToString());
}
