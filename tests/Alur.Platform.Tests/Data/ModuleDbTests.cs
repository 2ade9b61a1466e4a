using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Alur.Platform.Resilience;
using Alur.Platform.Tests.Journal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Tests.Data;

[Trait("Spec", "D-522")]
public sealed class ModuleDbTests : IAsyncLifetime
{
    private const string Tables = """
        create schema ward;
        create table ward.beds (
            id uuid primary key, room_number int not null, kept_for text, version int not null, constraint one_bed_per_room unique (room_number));
        grant usage on schema ward to alur_app;
        grant select, insert, update on ward.beds to alur_app;
        """;

    private const string Left = """
        select (select count(*) from ward.beds) || ' beds, ' || (select count(*) from journal.entries) || ' entries, '
            || (select count(*) from journal.streams) || ' streams, ' || (select count(*) from delivery.jobs) || ' jobs'
        """;

    private readonly JournalDesk _desk = new();
    private readonly WakeUps _wakeUps = new();
    private ServiceProvider? _services;

    public async ValueTask InitializeAsync()
    {
        await _desk.InitializeAsync();
        await JournalDesk.Execute(_desk.Database.Owner, Tables);
        var queue = new DeliveryQueue(_desk.Database.App, [], _wakeUps, new ResilienceOptions());
        await queue.EnsureChannel("webhook:ward", new ChannelLimits(1, 1), breaker: null);
        _services = new ServiceCollection()
            .AddSingleton(_desk.Database.App)
            .AddSingleton(new AppendEntries(_desk.Types))
            .AddSingleton(queue)
            .AddModuleDb<WardDb>()
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _desk.DisposeAsync();
    }

    [Fact]
    public async Task A_row_its_entries_and_its_deliveries_are_committed_together_and_the_channel_is_woken()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var db = Open();
        db.Beds.Add(bed);
        db.Record(new StreamAppend(bed.Stream, [JournalDesk.Happened("VISIT_REGISTERED")]) { ExpectedVersion = 0 });
        db.Record(new StreamAppend(bed.Stream, [JournalDesk.Happened()]));
        db.Deliver("webhook:ward", new NewDelivery("bed-7", 1, "{}"));

        Assert.Equal(1, (await db.Save()).Value);

        Assert.Equal("1 beds, 2 entries, 1 streams, 1 jobs", await _desk.Ask<string>(Left));
        Assert.Equal(["VISIT_REGISTERED", "QUEUE_JOINED"], (await _desk.Read(bed.Stream)).Select(e => e.Type));
        Assert.Equal(["webhook:ward"], _wakeUps.TakeLocal());
        Assert.Equal(1, await _desk.Ask<int>("select count(distinct xmin::text)::int from (select xmin from ward.beds union all select xmin from journal.entries union all select xmin from delivery.jobs) rows"));
    }

    [Fact]
    public async Task What_was_saved_is_not_saved_again_with_the_next_save()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var db = Open();
        db.Beds.Add(bed);
        db.Record(JournalDesk.To(bed.Stream));
        db.Deliver("webhook:ward", new NewDelivery("bed-7", 1, "{}"));
        await db.Save();
        bed.KeptFor = "theatre";
        db.Record(JournalDesk.To(bed.Stream));

        Assert.Equal(1, (await db.Save()).Value);

        Assert.Equal("1 beds, 2 entries, 1 streams, 1 jobs", await _desk.Ask<string>(Left));
        Assert.Equal("theatre", await _desk.Ask<string>("select kept_for from ward.beds"));
    }

    [Fact]
    public async Task The_loser_of_a_race_for_a_stream_is_told_its_version_and_leaves_nothing()
    {
        var bed = new Bed { RoomNumber = 7 };
        await _desk.Append(JournalDesk.To(bed.Stream));
        await using var db = Open();
        db.Beds.Add(bed);
        db.Record(new StreamAppend(bed.Stream, [JournalDesk.Happened()]) { ExpectedVersion = 0 });
        db.Deliver("webhook:ward", new NewDelivery("bed-7", 1, "{}"));

        var refusal = Assert.IsType<VersionConflict>((await db.Save()).Error);

        Assert.Equal(1, refusal.CurrentVersion);
        Assert.Equal("0 beds, 1 entries, 1 streams, 0 jobs", await _desk.Ask<string>(Left));
        Assert.Empty(_wakeUps.TakeLocal());
    }

    [Fact]
    public async Task An_entry_that_the_journal_does_not_take_leaves_nothing()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var db = Open();
        db.Beds.Add(bed);
        db.Record(new StreamAppend(bed.Stream, [JournalDesk.Happened("NEVER_REGISTERED")]));

        Assert.NotNull((await db.Save()).Error);

        Assert.Equal("0 beds, 0 entries, 0 streams, 0 jobs", await _desk.Ask<string>(Left));
    }

    [Fact]
    public async Task A_constraint_speaks_as_the_refusal_that_the_module_gave_it()
    {
        await using (var first = Open())
        {
            first.Beds.Add(new Bed { RoomNumber = 7 });
            await first.Save();
        }

        var second = new Bed { RoomNumber = 7 };
        await using var db = Open();
        db.Beds.Add(second);
        db.Record(JournalDesk.To(second.Stream));

        Assert.Equal("ROOM_TAKEN", (await db.Save()).Error?.Code);

        Assert.Equal("1 beds, 0 entries, 0 streams, 0 jobs", await _desk.Ask<string>(Left));
    }

    [Fact]
    public async Task A_constraint_that_nobody_foresaw_is_a_fault_and_no_refusal()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using (var first = Open())
        {
            first.Beds.Add(bed);
            await first.Save();
        }

        await using var db = Open();
        db.Beds.Add(new Bed { Id = bed.Id, RoomNumber = 8 });

        await Assert.ThrowsAsync<DbUpdateException>(() => db.Save());
    }

    [Fact]
    public async Task Of_two_who_loaded_the_same_row_the_second_is_told_that_it_has_changed()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var first = Open();
        first.Beds.Add(bed);
        await first.Save();
        await using var second = Open();
        var seen = await second.Beds.SingleAsync();
        (bed.KeptFor, bed.Version) = ("theatre", 2);
        await first.Save();
        (seen.KeptFor, seen.Version) = ("ward", 2);
        second.Record(JournalDesk.To(seen.Stream));

        Assert.Equal("CHANGED_MEANWHILE", (await second.Save()).Error?.Code);

        Assert.Equal("1 beds, 0 entries, 0 streams, 0 jobs", await _desk.Ask<string>(Left));
        Assert.Equal("theatre", await _desk.Ask<string>("select kept_for from ward.beds"));
    }

    [Fact]
    public async Task In_the_callers_transaction_it_is_the_caller_who_commits()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var db = Open();
        await using (var tx = await db.Database.BeginTransactionAsync())
        {
            db.Beds.Add(bed);
            db.Record(JournalDesk.To(bed.Stream));
            db.Deliver("webhook:ward", new NewDelivery("bed-7", 1, "{}"));
            Assert.Equal(1, (await db.Save()).Value);
            await tx.RollbackAsync();
        }

        Assert.Equal("0 beds, 0 entries, 0 streams, 0 jobs", await _desk.Ask<string>(Left));
        Assert.Empty(_wakeUps.TakeLocal());
    }

    [Fact]
    public async Task A_session_that_is_cut_before_the_commit_leaves_nothing_and_the_save_can_be_tried_again()
    {
        var bed = new Bed { RoomNumber = 7 };
        await using var holder = await _desk.Database.App.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await new AppendEntries(_desk.Types).Run(held, [JournalDesk.To(bed.Stream)]);
        await using var db = Open();
        db.Beds.Add(bed);
        db.Record(JournalDesk.To(bed.Stream));
        var saving = db.Save();
        await using var admin = NpgsqlDataSource.Create(_desk.Database.AdminConnectionString);
        await using var cut = admin.CreateCommand("""
            select count(pg_terminate_backend(l.pid))::int from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'transactionid' and not l.granted and a.datname = current_database()
            """);
        while ((int)(await cut.ExecuteScalarAsync())! == 0) await Task.Delay(5);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => saving);
        await held.RollbackAsync();

        Assert.Equal("0 beds, 0 entries, 0 streams, 0 jobs", await _desk.Ask<string>(Left));
        Assert.Equal(1, (await db.Save()).Value);
        Assert.Equal("1 beds, 1 entries, 1 streams, 0 jobs", await _desk.Ask<string>(Left));
    }

    private WardDb Open() => ActivatorUtilities.CreateInstance<WardDb>(_services!, _services!.CreateScope().ServiceProvider.GetRequiredService<DbContextOptions<WardDb>>());
}
