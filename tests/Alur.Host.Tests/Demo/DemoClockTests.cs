using Alur.Host.Startup;
using Alur.Simulators;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Host.Tests.Demo;

public sealed class DemoClockTests
{
    private const string Clock = "2026-11-20T07:00:00+07:00/2026-11-20T15:00:00+07:00*480@2026-11-23T01:00:00Z";

    private static TimeProvider? Registered(string? clock, params (string Site, string BaseUrl)[] sites)
    {
        var settings = sites.ToDictionary(s => $"Antrean:Sites:{s.Site}:Bpjs:BaseUrl", s => (string?)s.BaseUrl);
        settings["Demo:Clock"] = clock;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddDemoClock(configuration).BuildServiceProvider();
        return services.GetService<TimeProvider>();
    }

    [Fact]
    public void Without_the_setting_time_stays_real() => Assert.Null(Registered(null, ("default", "https://apijkn.bpjs-kesehatan.go.id/antreanrs")));

    [Fact]
    public void Business_time_is_the_hospitals_when_BPJS_is_on_this_machine()
    {
        var clock = Assert.IsType<HospitalClock>(Registered(Clock, ("default", "http://127.0.0.1:4711"), ("second", "http://localhost:4712")));

        Assert.Equal(480, clock.Factor);
    }

    [Fact]
    public void It_is_refused_as_soon_as_one_site_talks_to_a_BPJS_elsewhere()
    {
        var refusal = Assert.Throws<Refusal>(() => Registered(Clock, ("default", "http://127.0.0.1:4711"), ("second", "https://apijkn.bpjs-kesehatan.go.id/antreanrs")));

        Assert.Contains("Antrean:Sites:second:Bpjs:BaseUrl", Assert.Single(refusal.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_cannot_be_read_names_its_key()
    {
        var refusal = Assert.Throws<Refusal>(() => Registered("seven o'clock"));

        Assert.StartsWith("Demo:Clock", Assert.Single(refusal.Messages), StringComparison.Ordinal);
    }
}
