using System.Diagnostics;
using Alur.Antrean.Reconcile;
using Alur.Antrean.Tests.Bpjs;
using Alur.Antrean.Tests.Reconcile;
using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.References;

public sealed class RefreshReferencesTests
{
    private static readonly string[] Lists =
    [
        "jadwaldokter/kodepoli/ANA/tanggal/2026-01-20", "jadwaldokter/kodepoli/ANA/tanggal/2026-01-21", "ref/dokter", "ref/poli",
    ];

    [Fact]
    [Trait("Failure", "5.22")]
    public async Task Every_list_is_asked_for_once_a_day_however_many_visits_there_are()
    {
        await using var hospital = await Open();
        for (var i = 1; i <= 30; i++)
            await hospital.Register($"2026/01/20/{i:000000}");
        await hospital.Poll();

        Assert.Equal(new(4, 4), await hospital.Refresh());
        Assert.Equal(Lists, hospital.Asked().Order(StringComparer.Ordinal));
        Assert.Equal(new(0, 0), await hospital.Refresh());

        hospital.Clock.Now = hospital.Clock.Now.AddDays(1).AddHours(-16.5); // 03:30 of the next day: HFIS changes overnight
        Assert.Equal(3, (await hospital.Refresh()).Asked); // nobody works on Thursday
        Assert.Contains("jadwaldokter/kodepoli/ANA/tanggal/2026-01-21", hospital.Asked().Skip(4));
    }

    [Fact]
    public async Task Before_three_in_the_morning_yesterdays_lists_are_still_todays()
    {
        await using var hospital = await Open();
        await hospital.Refresh();
        hospital.Clock.Now = new(2026, 1, 21, 2, 30, 0, TimeSpan.FromHours(7));

        Assert.Equal(0, (await hospital.Refresh()).Asked); // the hospital has neither hours nor visits on Thursday
    }

    [Theory]
    [InlineData("html"), InlineData("empty"), InlineData("base64"), InlineData("500"), InlineData("reset"), InlineData("again")]
    public async Task An_answer_that_is_no_list_erases_nothing_and_its_age_stays_true(string fault)
    {
        await using var hospital = await Open();
        await hospital.Refresh();
        var before = await hospital.Column("select path, rows, fetched_at from antrean.reference_lists order by path");
        await hospital.Execute("update antrean.reference_lists set requested_at = now()");
        hospital.Bpjs.SetFaults(fault switch
        {
            "html" => new() { Html = 1 }, "empty" => new() { Empty = 1 }, "base64" => new() { BrokenBase64 = 1 },
            "500" => new() { ServerError = 1 }, "reset" => new() { Reset = 1 }, _ => new() { TryAgain = 1 },
        });

        var failure = await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Refresh);

        Assert.IsType<ISpeaksForItself>(failure, exactMatch: false);
        Assert.Equal(5, hospital.Asked().Count()); // the first refusal ended the run: BPJS is not asked for a list it cannot give
        Assert.Equal(before.Where(IsOfBpjs), (await hospital.Column("select path, rows, fetched_at from antrean.reference_lists order by path")).Where(IsOfBpjs));
        Assert.Equal(["ref/dokter"], await hospital.Column("select path from antrean.reference_lists where failure is not null"));

        hospital.Bpjs.SetFaults(BpjsFaults.None);
        Assert.Equal(new(4, 4), await hospital.Refresh());
        Assert.Equal(0, await hospital.Scalar<long>("select count(*) from antrean.reference_lists where failure is not null"));
    }

    [Fact]
    public async Task A_list_that_BPJS_never_gives_does_not_keep_the_others_from_being_read()
    {
        using var between = new Firewall(said => said.Contains("ref/dokter", StringComparison.Ordinal) ? 500 : null);
        await using var hospital = await ToldBefore.Behind(between);
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);

        for (var run = 0; run < 2; run++)
            await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Refresh);

        Assert.Equal(Lists.Except(["ref/dokter"]), hospital.Asked().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_BPJS_says_instead_of_a_list_is_kept_as_one_line_that_moves_nothing_on_a_screen()
    {
        using var between = new Firewall(_ => null) { Says = said => said.Contains("ref/", StringComparison.Ordinal) ? """{"metadata":{"code":201,"message":"Tidak\u001b[2J boleh\nOK semua"}}""" : null };
        await using var hospital = await ToldBefore.Behind(between);

        await hospital.Refresh();

        Assert.Equal(["201 Tidak\uFFFD[2J boleh OK semua"], await hospital.Column("select distinct failure from antrean.reference_lists where failure is not null"));
    }

    [Fact]
    public async Task A_list_that_is_suddenly_empty_is_kept_and_said_to_be_old()
    {
        await using var hospital = await Open();
        await hospital.Refresh();
        hospital.Bpjs.SetHfis(new([], [], [], []));
        await hospital.Execute("update antrean.reference_lists set requested_at = now()");

        Assert.Equal(new(4, 0), await hospital.Refresh());

        Assert.Equal(["1", "1", "2", "2"], await hospital.Column("select jsonb_array_length(rows) from antrean.reference_lists where path not like 'khanza/%' order by path"));
        Assert.Equal(["BPJS now lists nothing; what it listed before is kept"], await hospital.Column("select distinct failure from antrean.reference_lists where failure is not null"));
    }

    [Fact]
    public async Task A_day_without_consultation_is_an_answer_that_is_asked_for_again()
    {
        await using var hospital = await Open();
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed with { Hours = [] });

        Assert.Equal(new(4, 4), await hospital.Refresh());
        Assert.Equal(0, (await hospital.Refresh()).Asked);
        await hospital.Execute("update antrean.reference_lists set again_at = now() where again_at is not null"); // an hour later

        Assert.Equal(new(2, 2), await hospital.Refresh());
    }

    [Fact]
    public async Task Nothing_is_asked_while_the_channel_rests()
    {
        await using var hospital = await Open();
        await hospital.Services.GetRequiredService<DeliveryQueue>().Pause("bpjs:default", "resting");

        Assert.Equal(new(0, 0), await hospital.Refresh());
        Assert.Empty(hospital.Asked());
    }

    [Fact]
    public async Task A_pause_in_the_middle_of_a_run_ends_it()
    {
        await using var hospital = await Open();
        // The pause falls exactly between the first answer and the second call.
        await hospital.Owner("""
            create function antrean.pause_now() returns trigger language plpgsql as $$
            begin
                update delivery.channels set paused_until = 'infinity', paused_reason = 'HFIS is being changed' where name = 'bpjs:default';
                return null;
            end $$;
            create trigger pause_now after update of fetched_at on antrean.reference_lists for each row
                when (new.fetched_at is not null and new.path not like 'khanza/%') execute function antrean.pause_now();
            """);

        Assert.Equal(new(1, 1), await hospital.Refresh());
        Assert.Single(hospital.Asked());
    }

    [Fact]
    public async Task In_observe_mode_lists_are_asked_for_and_nothing_else()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Poll();

        await hospital.Refresh();
        await hospital.Settle();

        Assert.Equal(Lists, hospital.Asked().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Calls_for_lists_take_their_turn_in_the_accounts_rate()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:MaxPerSecond"] = "5" });
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);

        var watch = Stopwatch.StartNew();
        await hospital.Refresh();

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.58, 30); // one at once, three more a fifth of a second apart
    }

    [Fact]
    public async Task Refused_credentials_are_told_with_the_keys_to_check_and_not_kept()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:UserKey"] = "not-the-key" });

        var failure = await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Refresh);

        Assert.Contains("check ConsId, SecretKey and UserKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await hospital.Column("select count(*) from antrean.reference_lists where path like 'ref/%' and rows is not null"));
    }

    [Fact]
    public async Task A_khanza_that_cannot_be_read_erases_nothing_either()
    {
        await using var hospital = await Open();
        await hospital.Refresh();
        await hospital.Khanza.Execute("alter table maping_dokter_dpjpvclaim rename to gone");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(hospital.Refresh);

        Assert.Equal(["1 2 2"], await hospital.Column("""
            select count(*) filter (where failure like '%maping_dokter_dpjpvclaim%' and path = 'khanza/jadwal'),
                   max(jsonb_array_length(rows)) filter (where path = 'khanza/maping_poli_bpjs'), max(jsonb_array_length(rows)) filter (where path = 'khanza/maping_dokter_dpjpvclaim')
            from antrean.reference_lists
            """));
    }

    private static bool IsOfBpjs(string row) => !row.StartsWith("khanza/", StringComparison.Ordinal);

    private static async Task<TestHospital> Open()
    {
        var hospital = await TestHospital.Open();
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);
        return hospital;
    }
}
