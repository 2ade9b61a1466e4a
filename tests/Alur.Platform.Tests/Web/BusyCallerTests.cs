using System.Net;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Builder;

namespace Alur.Platform.Tests.Web;

/// <summary>One caller asks for more at once than it should get.</summary>
public sealed class BusyCallerTests
{
    [Fact]
    public async Task One_caller_is_served_so_much_at_once_the_rest_waits_and_others_are_not_concerned()
    {
        var (inside, most, open) = (0, 0, new TaskCompletionSource());
        async Task<Answer<int>> Stay()
        {
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await open.Task;
            Interlocked.Decrement(ref inside);
            return now;
        }

        await using var app = await AlurApp.Start(map: a => a.MapGet("/test/stay", Stay));
        using var busy = app.AsApiCaller();
        var asked = Enumerable.Range(0, RateLimits.PlacesOfACaller * 2).Select(_ => busy.GetAsync("/test/stay")).ToList();
        await Eventually.True(() => Task.FromResult(Volatile.Read(ref inside) == RateLimits.PlacesOfACaller));

        Assert.Equal(HttpStatusCode.OK, (await app.AsAdmin().GetAsync("/api/antrean/sites")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/health/ready")).StatusCode);
        open.SetResult();

        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(RateLimits.PlacesOfACaller, most);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
        {
        }
    }
}
