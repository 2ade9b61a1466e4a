using Alur.Platform.Leases;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Leases;

public sealed class LeaseStoreTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private LeaseStore Leases => new(database.App);

    [Fact]
    public async Task Of_many_who_want_it_one_gets_it()
    {
        var grants = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Leases.TryTake("race", $"node {i}", Minute)));

        Assert.Single(grants, g => g is not null);
    }

    [Fact]
    public async Task A_lease_that_ran_out_goes_to_the_next_with_a_new_epoch_and_the_old_holder_is_fenced()
    {
        var first = await Leases.TryTake("fence", "a", Minute);
        Assert.Null(await Leases.TryTake("fence", "b", Minute));
        await RunOut("fence");
        var second = await Leases.TryTake("fence", "b", Minute);

        Assert.Equal(first!.Epoch + 1, second!.Epoch);
        Assert.False(await Leases.Renew(first, Minute));
        Assert.False(await Leases.Release(first));
        Assert.True(await Leases.Renew(second, Minute));
        Assert.False(await Holds(first));
        Assert.True(await Holds(second));
    }

    [Fact]
    public async Task A_released_lease_can_be_taken_at_once_and_not_renewed()
    {
        var first = await Leases.TryTake("release", "a", Minute);
        Assert.True(await Leases.Release(first!));

        Assert.False(await Leases.Renew(first!, Minute));
        Assert.NotNull(await Leases.TryTake("release", "b", Minute));
    }

    [Fact]
    public async Task While_effects_commit_under_the_fence_the_lease_cannot_change_hands()
    {
        var first = await Leases.TryTake("busy", "a", Minute);
        await using var connection = await database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        Assert.True(await LeaseStore.Holds(tx, first!));

        var attempt = Task.Run(async () =>
        {
            await RunOut("busy");
            return await Leases.TryTake("busy", "b", Minute);
        });
        Assert.False(attempt.IsCompleted);
        await tx.CommitAsync();

        Assert.NotNull(await attempt);
    }

    private async Task RunOut(string name)
    {
        await using var command = database.Owner.CreateCommand("update platform.leases set until = now() - interval '1 second' where name = $1");
        command.Parameters.AddWithValue(name);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<bool> Holds(LeaseGrant grant)
    {
        await using var connection = await database.App.OpenConnectionAsync();
        await using NpgsqlTransaction tx = await connection.BeginTransactionAsync();
        return await LeaseStore.Holds(tx, grant);
    }
}
