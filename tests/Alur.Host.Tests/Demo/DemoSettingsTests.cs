using Alur.Host.Commands.Demo;

namespace Alur.Host.Tests.Demo;

public sealed class DemoSettingsTests
{
    [Theory]
    [InlineData("2026-11-20T10:00:00+07:00", "2026-11-19")]
    [InlineData("2026-11-23T10:00:00+07:00", "2026-11-20")]
    [InlineData("2026-11-22T10:00:00+07:00", "2026-11-20")]
    [InlineData("2026-11-19T18:00:00+00:00", "2026-11-19")]
    public void The_day_is_the_last_working_day_before_today_at_the_hospital(string now, string day) =>
        Assert.Equal(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture),
            DemoSettings.LastWorkingDay(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
}
