using Alur.Host.Commands.Demo;
using Alur.Simulators.Bpjs;
using Alur.Testing;

namespace Alur.Host.Tests.Demo;

/// <summary>Which calls may be made twice because a server was killed, and that all others may not.</summary>
public sealed class CallsInHandTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Of_what_two_servers_had_in_hand_only_the_killed_ones_calls_of_that_lease_were_not_heard()
    {
        await using var database = await TestDatabase.Create();
        await Arrange(database, "delivered before", state: "SENT");
        await Arrange(database, "the killed one's");
        await Arrange(database, "the living one's");
        await Arrange(database, "taken over");
        await Arrange(database, "waiting", state: "PENDING");
        var inHand = new CallsInHand(database.AppConnectionString, Lease);

        await inHand.Note(awaySince: null, TestContext.Current.CancellationToken);
        var at = DateTimeOffset.UtcNow;
        await Keep(database, "the living one's", fencedOff: false);
        await Keep(database, "taken over", fencedOff: true);
        await Arrange(database, "claimed afterwards");
        var notHeard = await inHand.NotHeard(Ledger(), TestContext.Current.CancellationToken);

        Assert.Equal(["taken over 3", "the killed one's 3"], notHeard.Select(c => $"{c.Kodebooking} {c.Taskid}").Order(StringComparer.Ordinal));
        var call = notHeard.First(c => c.Kodebooking == "the killed one's");
        // Claimed half a minute ago: what was told before is another call, and so is what somebody tells later.
        Assert.Equal([false, true, true, false], new[] { -40, -20, 1, 20 }.Select(seconds => call.Holds(at.AddSeconds(seconds))));
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_only_calls_that_nobody_ever_wrote_down_were_not_heard()
    {
        await using var database = await TestDatabase.Create();
        await Arrange(database, "kept", state: "SENT");
        await Arrange(database, "forgotten", state: "PENDING");
        await Keep(database, "kept", fencedOff: false);
        var now = DateTimeOffset.UtcNow;
        var inHand = new CallsInHand(database.AppConnectionString, Lease);
        await inHand.Note(awaySince: now.AddSeconds(-3), TestContext.Current.CancellationToken);

        var notHeard = await inHand.NotHeard(
            Ledger(Call("kept", now), Call("forgotten", now.AddSeconds(-6)), Call("forgotten", now.AddSeconds(-1)), Call("forgotten", now, by: "desktop")), TestContext.Current.CancellationToken);

        Assert.Equal([new UnheardCall("antrean/updatewaktu", "forgotten", 3, now.AddSeconds(-1), now.AddSeconds(-1))], notHeard);
    }

    [Fact]
    public async Task A_job_that_a_living_server_gave_back_and_told_under_its_next_lease_was_heard()
    {
        await using var database = await TestDatabase.Create();
        await Arrange(database, "given back");
        await Arrange(database, "taken over");
        var inHand = new CallsInHand(database.AppConnectionString, Lease);
        await inHand.Note(awaySince: null, TestContext.Current.CancellationToken); // somebody else was killed
        var killed = DateTimeOffset.UtcNow.AddSeconds(-10);
        await using (var claim = database.Owner.CreateCommand("update delivery.lanes set lease_token = gen_random_uuid()"))
            await claim.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await Keep(database, "given back", fencedOff: false);
        await Keep(database, "taken over", fencedOff: false);
        var told = DateTimeOffset.UtcNow;

        var notHeard = await inHand.NotHeard(Ledger(), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(notHeard, call => call.Holds(told));
        Assert.Contains(notHeard, call => call.Kodebooking == "taken over" && call.Holds(killed)); // by whoever was killed, under the first lease
    }

    [Fact]
    public async Task A_lease_that_was_looked_at_twice_is_one_call()
    {
        await using var database = await TestDatabase.Create();
        await Arrange(database, "the killed one's");
        var inHand = new CallsInHand(database.AppConnectionString, Lease);

        await inHand.Note(awaySince: null, TestContext.Current.CancellationToken);
        await inHand.Note(awaySince: null, TestContext.Current.CancellationToken);

        Assert.Single(await inHand.NotHeard(Ledger(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_a_server_that_calls_in_a_loop_is_found_out_too()
    {
        await using var database = await TestDatabase.Create();
        await Arrange(database, "looped", state: "PENDING");
        var now = DateTimeOffset.UtcNow;
        var inHand = new CallsInHand(database.AppConnectionString, Lease);
        await inHand.Note(awaySince: now.AddSeconds(-3), TestContext.Current.CancellationToken);

        var notHeard = await inHand.NotHeard(Ledger([.. Enumerable.Range(0, 5).Select(i => Call("looped", now.AddMilliseconds(i)))]), TestContext.Current.CancellationToken);

        Assert.Equal([4, 3], notHeard.Select(call => (int)(call.From - now).TotalMilliseconds));
    }

    [Fact]
    public async Task Where_nothing_was_killed_everything_was_heard()
    {
        var inHand = new CallsInHand("Host=nowhere.invalid", Lease);

        Assert.Empty(await inHand.NotHeard(Ledger(Call("A", DateTimeOffset.UtcNow)), TestContext.Current.CancellationToken));
    }

    private static async Task Arrange(TestDatabase database, string code, string state = "SENDING")
    {
        await using var command = database.Owner.CreateCommand("""
            with channel as (
                insert into delivery.channels (name) values ('bpjs:default') on conflict do nothing
            ), lane as (
                insert into delivery.lanes (channel, key, state, head_step, due_at, lease_token)
                select 'bpjs:default', $1, case when $2 = 'SENT' then 'IDLE' else 'OPEN' end, 40, now() + interval '30 seconds', case when $2 = 'SENDING' then gen_random_uuid() end
            )
            insert into delivery.jobs (channel, key, step, payload, state, claims, finished_at)
            select 'bpjs:default', $1, 40, jsonb_build_object('endpoint', 'antrean/updatewaktu', 'body', jsonb_build_object('kodebooking', $1, 'taskid', 3)), $2, 1, case when $2 = 'SENT' then now() end
            """);
        command.Parameters.Add(new() { Value = code });
        command.Parameters.Add(new() { Value = state });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task Keep(TestDatabase database, string code, bool fencedOff)
    {
        await using var command = database.Owner.CreateCommand("""
            insert into delivery.attempts (job_id, lease_token, attempt, outcome, counted, fenced_off, duration_ms, started_at)
            select j.id, coalesce(l.lease_token, gen_random_uuid()), 1, 'DELIVERED', not $2, $2, 60000, now() - interval '100 milliseconds'
            from delivery.jobs j join delivery.lanes l on l.channel = j.channel and l.key = j.key where j.key = $1
            """);
        command.Parameters.Add(new() { Value = code });
        command.Parameters.Add(new() { Value = fencedOff });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static BpjsLedger Ledger(params CallEntry[] calls) => new([], [], [], [], calls, new LedgerCounts(0, 0, 0, 0, 0, new Dictionary<string, SenderCounts>(StringComparer.Ordinal)));

    private static CallEntry Call(string code, DateTimeOffset at, string by = "bridge") =>
        new(1, at, at, "antrean/updatewaktu", code, 3, 0, "accepted", Duplicate: false, AcceptedButAnswerLost: false, by);
}
