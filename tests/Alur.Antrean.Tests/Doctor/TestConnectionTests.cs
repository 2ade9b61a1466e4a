using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Alur.Antrean.Doctor;
using Alur.Antrean.Sites;
using Alur.MariaDb;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Tests.Doctor;

public sealed class TestConnectionTests
{
    [Fact]
    public async Task A_khanza_that_accepts_and_says_nothing_costs_no_more_than_the_limit_and_does_not_hide_bpjs()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var hospital = await TestHospital.Open();
        var khanza = new MariaDbConnectionOptions { Host = "127.0.0.1", Port = port, User = "alur", Password = "", Database = "sik", Label = "Khanza" };
        var options = hospital.Services.GetRequiredService<IOptions<AntreanOptions>>();
        var check = new CheckHospitals(_ => new MariaDbDataSource(khanza), options, hospital.Clock);
        var test = new TestConnection(check, new LeaseStore(hospital.Db), hospital.Db, hospital.Services.GetRequiredService<SiteModes>(), options) { Longest = TimeSpan.FromSeconds(2) };
        var waited = Stopwatch.StartNew();

        var found = (await test.Run(TestHospital.Code, AuditOrigin.System, CancellationToken.None)).Value;

        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        var silence = Assert.Single(found, f => f.Check == "khanza");
        Assert.Equal((FindingLevel.Wrong, "Khanza did not finish answering within 2 s."), (silence.Level, silence.Found.English));
        Assert.Equal(FindingLevel.Ok, Assert.Single(found, f => f.Check == "bpjs").Level);
    }

    [Fact]
    public async Task Of_two_nodes_that_are_asked_at_once_one_tests_and_the_other_says_to_wait()
    {
        await using var hospital = await TestHospital.Open();
        await using var other = hospital.AnotherNode([]);
        TestConnection[] nodes = [hospital.Services.GetRequiredService<TestConnection>(), other.GetRequiredService<TestConnection>()];

        var answers = await Task.WhenAll(nodes.Select(node => node.Run(TestHospital.Code, AuditOrigin.System, CancellationToken.None)));

        Assert.Single(answers, answer => answer.Ok);
        Assert.Equal("CONNECTION_TEST_RESTS", Assert.Single(answers, answer => !answer.Ok).Error!.Code);
        Assert.Equal([$"system VIEW {TestHospital.Code}"], await hospital.Column("select concat_ws(' ', performed_by, action, resource_id) from audit.audit_logs where resource = 'connections'"));
    }

    [Fact]
    public async Task A_hospital_that_is_not_configured_is_not_found()
    {
        await using var hospital = await TestHospital.Open();

        Assert.Equal("SITE_NOT_FOUND", (await hospital.Services.GetRequiredService<TestConnection>().Run("elsewhere", AuditOrigin.System, CancellationToken.None)).Error!.Code);
    }
}
