using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Simulators.Tests.Bpjs;

public sealed class ControlAndFaultTests
{
    private const string Update = "antrean/updatewaktu";

    [Fact]
    public async Task The_hospitals_clock_can_be_set_and_runs_by_its_factor()
    {
        await using var bpjs = await Caller.Start();

        // A minute before midnight, a day in ten real seconds: 2026-11-20 ends within 10 ms.
        using var set = await bpjs.Http.PutAsJsonAsync($"{bpjs.Simulator.Url}/_control/clock", new { hospital = "2026-11-20T23:59:00+07:00", factor = 8640 });
        var deadline = DateTime.UtcNow.AddSeconds(10);
        int code;
        do
        {
            code = (await bpjs.Add($"C{Guid.NewGuid():N}")).Code;
        }
        while (code == 200 && DateTime.UtcNow < deadline);

        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.Equal(201, code);
    }

    [Fact]
    public async Task The_ledger_tells_what_was_accepted_refused_and_by_whom()
    {
        await using var bpjs = await Caller.Start();
        await bpjs.Add("A");
        await bpjs.Post("antrean/add", Caller.Booking("B"), r => r.Headers.Add("X-Alur-Sender", "desktop"));
        await bpjs.Tell("A", 3, Caller.Ms(8, 0));
        await bpjs.Tell("A", 3, Caller.Ms(8, 0));
        await bpjs.Tell("A", 5, Caller.Ms(8, 0));

        var ledger = JsonNode.Parse(await bpjs.Http.GetStringAsync($"{bpjs.Simulator.Url}/_control/ledger"))!;
        var counts = JsonNode.Parse(await bpjs.Http.GetStringAsync($"{bpjs.Simulator.Url}/_control/counts"))!;

        Assert.Equal(["A/bridge", "B/desktop"], ledger["bookings"]!.AsArray().Select(b => $"{b!["kodebooking"]}/{b["sumber"]}"));
        Assert.Equal(Caller.Ms(8, 0), ledger["tasks"]![0]!["waktu"]!.GetValue<long>());
        Assert.Equal("2026-11-20", ledger["bookings"]![0]!["tanggalperiksa"]!.GetValue<string>());
        Assert.Equal("TaskId=4 belum ada", Assert.Single(ledger["refusals"]!.AsArray())!["message"]!.GetValue<string>());
        Assert.Equal(["accepted", "accepted", "accepted", "accepted", "refused"], ledger["calls"]!.AsArray().Select(c => c!["outcome"]!.GetValue<string>()));
        Assert.Equal([false, false, false, true, false], ledger["calls"]!.AsArray().Select(c => c!["duplicate"]!.GetValue<bool>()));
        Assert.Equal(4, counts["bySender"]!["bridge"]!["attempts"]!.GetValue<int>());
        Assert.Equal(1, counts["bySender"]!["desktop"]!["attempts"]!.GetValue<int>());
        Assert.Equal(1, counts["bySender"]!["bridge"]!["duplicates"]!.GetValue<int>());
    }

    [Fact]
    public async Task Of_a_killed_caller_only_the_calls_it_names_are_lost_and_only_those_of_that_time()
    {
        await using var bpjs = await Caller.Start();
        await bpjs.Add("A");
        await bpjs.Add("B");
        await bpjs.Tell("A", 3, Caller.Ms(8, 0));
        await bpjs.Tell("A", 4, Caller.Ms(8, 10));
        var from = DateTimeOffset.UtcNow;
        await bpjs.Tell("A", 4, Caller.Ms(8, 10));
        await bpjs.Add("B");
        var (day, until) = (TimeSpan.FromDays(1), DateTimeOffset.UtcNow);
        await bpjs.Add("B");

        UnheardCall[] calls =
        [
            new("antrean/add", "B", null, from, until), new(Update, "A", 4, from, until), new(Update, "A", 3, until, until + day), new(Update, "C", 3, from - day, until + day),
            new("antrean/batal", "A", null, from - day, until + day), new("antrean/getlisttask", "A", null, from - day, until + day),
        ];
        using var died = await bpjs.Http.PutAsJsonAsync($"{bpjs.Simulator.Url}/_control/caller-died", new { sender = "bridge", calls });
        using var other = await bpjs.Http.PutAsJsonAsync($"{bpjs.Simulator.Url}/_control/caller-died", new { sender = "desktop", calls = new[] { new UnheardCall("antrean/add", "A", null, from - day, until + day) } });

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (died.StatusCode, other.StatusCode));
        Assert.Equal([false, false, false, false, true, true, false], bpjs.Simulator.Ledger.Calls.Select(c => c.AcceptedButAnswerLost));
    }

    [Fact]
    public async Task Of_a_caller_that_called_in_a_loop_until_it_was_killed_only_the_last_call_was_not_heard()
    {
        await using var bpjs = await Caller.Start();
        await bpjs.Add("A");
        var from = DateTimeOffset.UtcNow;
        for (var i = 0; i < 4; i++)
            await bpjs.Tell("A", 3, Caller.Ms(8, 0));

        UnheardCall inHand = new(Update, "A", 3, from, DateTimeOffset.UtcNow);
        bpjs.Simulator.CallerDied("bridge", [inHand, inHand]);
        bpjs.Simulator.CallerDied("bridge", [inHand]);

        Assert.Equal([false, false, false, false, true], bpjs.Simulator.Ledger.Calls.Select(c => c.AcceptedButAnswerLost));
    }

    [Fact]
    public async Task What_was_filed_in_HFIS_is_what_the_schedules_say()
    {
        await using var bpjs = await Caller.Start();
        var day = PlanDay.From(new DayRequest(new(2026, 11, 20), 40, 3) { Shares = new() { HfisDiffers = 0.5 } });
        using var filed = await bpjs.Http.PutAsJsonAsync($"{bpjs.Simulator.Url}/_control/hfis", FileHfis.Of(day));

        var kept = await bpjs.Http.GetFromJsonAsync<HfisBook>($"{bpjs.Simulator.Url}/_control/hfis");

        Assert.Equal(HttpStatusCode.NoContent, filed.StatusCode);
        Assert.Equivalent(FileHfis.Of(day), kept, strict: true);
        Assert.Equal(["D0000022", "D0000023"], // whose hours and quota Khanza itself lacks
            FileHfis.Of(PlanDay.From(new DayRequest(new(2026, 11, 20), 40, 3) { Shares = new() { HfisDiffers = 0 } })).Flaws.Select(f => f.Code));
    }

    [Fact]
    public async Task Look_ups_are_no_attempts()
    {
        await using var bpjs = await Caller.Start();
        await bpjs.Add("A");
        await bpjs.Post("antrean/getlisttask", new JsonObject { ["kodebooking"] = "A" });

        var counts = bpjs.Simulator.Counts.BySender["bridge"];
        Assert.Equal((1, 1), (counts.Attempts, counts.LookUps));
    }

    [Theory]
    [InlineData("X-cons-id")]
    [InlineData("user_key")]
    [InlineData("X-signature")]
    [InlineData("X-timestamp")]
    public async Task A_call_without_one_of_the_headers_is_refused(string header)
    {
        await using var bpjs = await Caller.Start();

        var answer = await bpjs.Post("antrean/add", Caller.Booking("A"), r => r.Headers.Remove(header));

        Assert.NotInRange(answer.Code, 200, 200);
        Assert.Empty(bpjs.Simulator.Ledger.Bookings);
    }

    [Theory]
    [InlineData(-310)]
    [InlineData(310)]
    [InlineData(7 * 3600)]
    public async Task A_timestamp_beyond_the_tolerance_is_refused_as_expired(int seconds)
    {
        await using var bpjs = await Caller.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{bpjs.Simulator.Url}/ref/poli");
        Caller.Sign(request, DateTimeOffset.UtcNow.AddSeconds(seconds));

        using var response = await bpjs.Http.SendAsync(request);

        Assert.Contains("Service Expired", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Faults_strike_the_same_calls_for_the_same_seed_in_about_their_share()
    {
        var faults = new BpjsFaults { Seed = 5, ServerError = 0.1 };
        var first = await Struck(faults);

        Assert.Equal(first, await Struck(faults));
        Assert.NotEqual(first, await Struck(faults with { Seed = 6 }));
        Assert.InRange(first.Count, 15, 60);
    }

    [Fact]
    public void A_heavy_day_has_fifteen_percent_faulty_answers_three_lost_ones_and_three_outages()
    {
        var f = BpjsFaults.Heavy(7);

        Assert.Equal(0.15, f.ServerError + f.Html + f.Empty + f.Slow + f.Reset + f.BrokenBase64 + f.TryAgain, 9);
        Assert.Equal((0.03, 3), (f.AcceptedThenLost, f.Outages.Count));
        Assert.All(f.Outages, o => Assert.Equal(10, o.Minutes));
    }

    [Fact]
    public async Task An_outage_lasts_for_its_time_of_the_hospitals_day()
    {
        await using var bpjs = await Caller.Start();
        using var set = await bpjs.Http.PutAsJsonAsync($"{bpjs.Simulator.Url}/_control/faults", new { outages = new[] { new { from = "09:00", minutes = 10 } } });

        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);

        bool[] answers = [await Answers("08:59"), await Answers("09:00"), await Answers("09:09"), await Answers("09:10")];

        Assert.Equal([true, false, false, true], answers);

        async Task<bool> Answers(string time)
        {
            bpjs.Simulator.SetHospitalClock(DateTimeOffset.Parse($"2026-11-20T{time}:00+07:00", System.Globalization.CultureInfo.InvariantCulture));
            try
            {
                return (await bpjs.Add($"C{time}")).Code == 200;
            }
            catch (Exception e) when (e is HttpRequestException or JsonException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_light_day_has_two_percent_faults_and_one_outage_of_ten_minutes()
    {
        var light = BpjsFaults.Light(42);

        Assert.Equal(0.02, light.ServerError + light.Html + light.Empty + light.Slow + light.Reset + light.BrokenBase64 + light.TryAgain + light.AcceptedThenLost, precision: 6);
        Assert.Equal(0.005, light.AcceptedThenLost); // some answers of what was processed get lost on any day
        Assert.Equal(10, Assert.Single(light.Outages).Minutes);
        Assert.InRange(light.Outages[0].From, new TimeOnly(9, 0), new TimeOnly(11, 0));
        Assert.Equal(light.Outages, BpjsFaults.Light(42).Outages);
    }

    private static async Task<IReadOnlyList<string>> Struck(BpjsFaults faults)
    {
        await using var bpjs = await Caller.Start(new() { Faults = faults });
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), async (i, ct) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{bpjs.Simulator.Url}/antrean/add") { Content = JsonContent.Create(Caller.Booking($"K{i}")) };
            Caller.Sign(request);
            using var response = await bpjs.Http.SendAsync(request, ct);
        });
        return [.. bpjs.Simulator.Ledger.Calls.Where(c => c.Outcome == "fault").Select(c => c.Kodebooking!).Order(StringComparer.Ordinal)];
    }
}
