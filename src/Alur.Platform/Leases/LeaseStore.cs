using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Leases;

/// <summary>The right to do something that must happen once over all nodes, until a moment of the database's clock.</summary>
/// <param name="Name">What is leased.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="Epoch">Grows with every change of holder: effects that commit check it (<see cref="LeaseStore.Holds"/>).</param>
public sealed record LeaseGrant(string Name, string Holder, long Epoch);

/// <summary>The one lease mechanism (<c>platform.leases</c>) for pollers, periodic tasks and durable consumers.</summary>
public sealed class LeaseStore(NpgsqlDataSource db)
{
    private const string Take = """
        insert into platform.leases as l (name, holder, epoch, until) values ($1, $2, 1, now() + $3)
        on conflict (name) do update set holder = excluded.holder, epoch = l.epoch + 1, until = excluded.until
            where l.until <= now()
        returning epoch
        """;

    private const string Extend = """
        update platform.leases set until = now() + $4 where name = $1 and holder = $2 and epoch = $3 and until > now()
        """;

    private const string GiveUp = "update platform.leases set until = now() where name = $1 and holder = $2 and epoch = $3 and until > now()";

    private const string LockIfHeld = """
        select 1 from platform.leases where name = $1 and holder = $2 and epoch = $3 and until > now() for share
        """;

    /// <summary>Takes a lease that nobody holds; not even its present holder can take it twice.</summary>
    /// <returns>Null when somebody holds it.</returns>
    public async Task<LeaseGrant?> TryTake(string name, string holder, TimeSpan duration, CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(Take);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        command.Parameters.Add(new NpgsqlParameter { Value = holder });
        command.Parameters.Add(new NpgsqlParameter { Value = duration, NpgsqlDbType = NpgsqlDbType.Interval });
        return await command.ExecuteScalarAsync(ct) is long epoch ? new LeaseGrant(name, holder, epoch) : null;
    }

    /// <summary>Prolongs a lease from now on.</summary>
    /// <returns>False when it has run out or changed hands: stop what it covered.</returns>
    public async Task<bool> Renew(LeaseGrant grant, TimeSpan duration, CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(Extend);
        AddGrant(command, grant);
        command.Parameters.Add(new NpgsqlParameter { Value = duration, NpgsqlDbType = NpgsqlDbType.Interval });
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Lets the next one take it at once.</summary>
    /// <returns>False when it was no longer held.</returns>
    public async Task<bool> Release(LeaseGrant grant, CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(GiveUp);
        AddGrant(command, grant);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>The fence: within the transaction of the effects, whether the lease is still held; it cannot change hands before that transaction ends.</summary>
    public static async Task<bool> Holds(NpgsqlTransaction tx, LeaseGrant grant, CancellationToken ct = default)
    {
        await using var command = new NpgsqlCommand(LockIfHeld, tx.Connection, tx);
        AddGrant(command, grant);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    private static void AddGrant(NpgsqlCommand command, LeaseGrant grant)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = grant.Name });
        command.Parameters.Add(new NpgsqlParameter { Value = grant.Holder });
        command.Parameters.Add(new NpgsqlParameter { Value = grant.Epoch });
    }
}
