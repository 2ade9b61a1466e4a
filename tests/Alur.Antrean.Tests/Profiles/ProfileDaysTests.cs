using Alur.Antrean.Profiles;
using Alur.Platform.Results;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Profiles;

/// <summary>The hospital's day, Tuesday 20 January 2026, is yesterday here.</summary>
public sealed class ProfileDaysTests
{
    [Fact]
    public async Task A_visit_is_counted_on_its_day_of_service_whatever_day_its_number_is_of()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe", ["Profile"] = null, ["SendFrom"] = null });
        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        await hospital.Register("2026/01/10/000001", day: "2026-01-20"); // booked early
        await hospital.Register("2026/01/20/000002");
        await hospital.Register("2026/01/21/000003", day: "2026-01-20"); // entered after midnight
        await hospital.Register("2026/01/20/000004", day: "2026-01-21"); // for today, which is not over
        await hospital.Register("2026/01/17/000005");
        await hospital.Register("2026/01/17/000006", day: "2026-01-18");

        var profile = hospital.Services.GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>();
        var report = (await profile(new(TestHospital.Code, Days: 3), CancellationToken.None)).Value;

        Assert.Equal((new DateOnly(2026, 1, 18), new DateOnly(2026, 1, 20), 4), (report.First, report.Last, report.Visits));
    }
}
