using Alur.Antrean.Doctor;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests.Doctor;

public sealed class CheckBpjsTests
{
    private static readonly BpjsSimulatorOptions Account = new();

    [Theory]
    [InlineData("SecretKey"), InlineData("UserKey"), InlineData("ConsId")]
    public async Task Credentials_that_bpjs_refuses_are_wrong_and_not_printed(string wrong)
    {
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions());
        var options = Options(bpjs.Url);
        typeof(BpjsOptions).GetProperty(wrong)!.SetValue(options, "mistyped-value");

        var finding = (await CheckBpjs.Run("default", options, sends: true, CancellationToken.None))[0];

        Assert.Equal(FindingLevel.Wrong, finding.Level);
        Assert.Contains("SecretKey", finding.Do!.Indonesian, StringComparison.Ordinal);
        Assert.DoesNotContain("mistyped-value", finding.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, nameof(FindingLevel.Ok)), InlineData(60, nameof(FindingLevel.Warning)), InlineData(-3600, nameof(FindingLevel.Wrong))]
    public async Task The_date_of_the_answer_tells_bpjs_clock(int secondsAhead, string level)
    {
        using var bpjs = new RawAnswer("""{"metadata":{"code":1,"message":"Ok"}}""", TimeSpan.FromSeconds(secondsAhead));

        var findings = await CheckBpjs.Run("default", Options(bpjs.Url), sends: true, CancellationToken.None);

        Assert.Equal((FindingLevel.Ok, level), (findings[0].Level, findings[1].Level.ToString()));
    }

    [Fact]
    public async Task What_bpjs_repeats_of_the_account_is_masked()
    {
        using var bpjs = new RawAnswer($$$"""{"metadata":{"code":201,"message":"signature of {{{Account.UserKey}}} invalid for {{{Account.ConsId}}}"}}""", TimeSpan.Zero);

        var finding = (await CheckBpjs.Run("default", Options(bpjs.Url), sends: true, CancellationToken.None))[0];

        Assert.Equal(FindingLevel.Wrong, finding.Level);
        Assert.DoesNotContain(Account.UserKey, finding.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Account.ConsId, finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nobody_answers_or_something_else_does_is_told_apart_from_an_outage()
    {
        string closed;
        using (var gone = new RawAnswer("", TimeSpan.Zero))
            closed = gone.Url;
        await using var simulator = await BpjsSimulator.Start(new BpjsSimulatorOptions());
        using var disturbed = new RawAnswer("<html><title>Bad gateway</title></html>", TimeSpan.Zero);

        var nobody = (await CheckBpjs.Run("default", Options(closed), sends: true, CancellationToken.None))[0];
        var elsewhere = (await CheckBpjs.Run("default", Options(simulator.Url + "/nowhere"), sends: true, CancellationToken.None))[0];
        var outage = (await CheckBpjs.Run("default", Options(disturbed.Url), sends: true, CancellationToken.None))[0];

        Assert.Equal((FindingLevel.Wrong, FindingLevel.Wrong, FindingLevel.Warning), (nobody.Level, elsewhere.Level, outage.Level));
        Assert.Contains("firewall", nobody.Do!.English, StringComparison.Ordinal);
        Assert.Contains("BaseUrl", elsewhere.Do!.English, StringComparison.Ordinal);
        Assert.Contains("Bad gateway", outage.Found.English, StringComparison.Ordinal);
    }

    private static BpjsOptions Options(string url) =>
        new() { BaseUrl = url, ConsId = Account.ConsId, SecretKey = Account.SecretKey, UserKey = Account.UserKey };
}
