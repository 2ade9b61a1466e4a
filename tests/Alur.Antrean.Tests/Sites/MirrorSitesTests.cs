using Alur.Antrean.Sites;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Alur.Antrean.Tests.Sites;

public sealed class MirrorSitesTests
{
    private const string Visit = "2026/01/20/001234";

    // What PostgreSQL says to whoever it made give way, so many times.
    private static string GiveWay(int times) => $$"""
        create sequence antrean.given_way;
        grant usage on sequence antrean.given_way to alur_app;
        create function antrean.give_way() returns trigger language plpgsql as $f$
        begin
            if nextval('antrean.given_way') <= {{times}} then raise exception 'deadlock detected' using errcode = 'deadlock_detected'; end if;
            return new;
        end $f$;
        create trigger give_way before update on antrean.tasks for each row execute function antrean.give_way();
        """;

    [Fact]
    public async Task A_start_that_has_to_give_way_to_another_server_takes_back_all_the_same()
    {
        await using var hospital = await Queued();
        await hospital.Owner(GiveWay(times: 2));
        await using var observing = hospital.AnotherNode(new() { ["Mode"] = "observe" });

        await observing.GetServices<IHostedService>().OfType<MirrorSites>().Single().StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("1 held OBSERVE_MODE", await hospital.Standing(Visit));
    }

    private static async Task<TestHospital> Queued()
    {
        var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Build();
        Assert.Equal("1 queued", await hospital.Standing(Visit));
        return hospital;
    }
}
