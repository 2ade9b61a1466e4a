using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>A queue that was filled before the engine noted what the destination may know of a job.</summary>
public sealed class OlderQueueTests : IAsyncLifetime
{
    private const string FillOlderQueue = """
        insert into delivery.channels (name) values ('toko');
        insert into delivery.lanes (channel, key, state, head_step, due_at) values
            ('toko', 'baru', 'OPEN', 1, now()), ('toko', 'ditolak', 'PARKED', 1, now()), ('toko', 'macet', 'OPEN', 1, now()),
            ('toko', 'mati', 'OPEN', 1, now()), ('toko', 'sampai', 'IDLE', 1, now()), ('toko', 'sekali', 'IDLE', 1, now());
        insert into delivery.jobs (channel, key, step, payload, state, claims, attempts, fingerprint, finished_at) values
            ('toko', 'baru',    1, '{}', 'PENDING', 0, 0, null, null),
            ('toko', 'ditolak', 1, '{}', 'FAILED',  1, 1, 'a',  now()),
            ('toko', 'macet',   1, '{}', 'PENDING', 1, 1, null, null),
            ('toko', 'mati',    1, '{}', 'SENDING', 1, 0, null, null),
            ('toko', 'sampai',  1, '{}', 'SENT',    2, 2, null, now()),
            ('toko', 'sekali',  1, '{}', 'SENT',    1, 1, null, now());
        insert into delivery.attempts (job_id, lease_token, attempt, outcome, counted, fenced_off, http_code, duration_ms, started_at)
        select j.id, gen_random_uuid(), t.attempt, t.outcome, true, false, t.code, 20, now()
        from (values ('ditolak', 1, 'REJECTED', 400), ('macet', 1, 'RETRY_LATER', null), ('sampai', 1, 'RETRY_LATER', 502), ('sampai', 2, 'DELIVERED', 208),
                     ('sekali', 1, 'DELIVERED', 200)) t (key, attempt, outcome, code)
        join delivery.jobs j on j.key = t.key;
        """;

    private const string ReadDoubts = "select key from delivery.jobs where unanswered order by key";
    private const string ReadReplaced = "select key from delivery.jobs where replaced order by key";

    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateEmpty();

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    [Fact]
    public async Task What_an_older_queue_may_have_told_is_in_doubt_and_nothing_else()
    {
        var all = Migration.ReadAll(TestDatabase.Modules);
        await new Migrator(Database.OwnerConnectionString, [.. all.Where(m => m.Module == "platform" && m.Number <= 4)]).Up();
        await using var db = NpgsqlDataSource.Create(Database.OwnerConnectionString);
        await using (var fill = db.CreateCommand(FillOlderQueue))
        {
            await fill.ExecuteNonQueryAsync();
        }

        await new Migrator(Database.OwnerConnectionString, [.. all.Where(m => m.Module == "platform" && m.Number <= 5)]).Up();

        Assert.Equal(["macet", "mati", "sampai"], await Keys(db, ReadDoubts));
        Assert.Equal(["macet", "mati"], await Keys(db, ReadReplaced));
    }

    private static async Task<List<string>> Keys(NpgsqlDataSource db, string sql)
    {
        var keys = new List<string>();
        await using var command = db.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            keys.Add(reader.GetString(0));
        }

        return keys;
    }
}
