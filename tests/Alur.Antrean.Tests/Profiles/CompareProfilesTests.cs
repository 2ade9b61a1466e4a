using Alur.Antrean.Profiles;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Profiles;

public sealed class CompareProfilesTests
{
    private static readonly DateOnly Day = new(2026, 1, 20);

    [Fact]
    public async Task Khanza_is_read_for_one_reader_at_a_time_over_all_nodes()
    {
        await using var hospital = await TestHospital.Open();
        await using var other = hospital.AnotherNode([]);
        var leases = other.GetRequiredService<LeaseStore>();
        var reading = (await leases.TryTake($"antrean.profiles:{TestHospital.Code}", "somebody", TimeSpan.FromMinutes(1)))!;

        Assert.Equal("PROFILES_ARE_COMPARED", (await Compare(hospital.Services)).Error?.Code);
        await leases.Release(reading);

        Assert.True((await Compare(hospital.Services)).Ok);
        Assert.True((await Compare(other)).Ok); // the first one has given its turn back
    }

    private static Task<Alur.Platform.Results.Result<ProfileReport>> Compare(IServiceProvider node) =>
        node.GetRequiredService<CompareProfiles>().Run(TestHospital.Code, Day, CancellationToken.None);
}
