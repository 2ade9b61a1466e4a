using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Data;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly Migration First = new("shop", 1, "first", "create table public.goods (id int)", "drop table public.goods");
    private static readonly Migration Second = new("shop", 2, "second", "alter table public.goods add price int", "alter table public.goods drop price");

    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateEmpty();

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    [Fact]
    [Trait("Spec", "A-105")]
    [Trait("Spec", "A-121")]
    [Trait("Spec", "X-024")]
    [Trait("Spec", "D-519")]
    public async Task Every_migration_goes_up_and_down_and_up_again_with_an_equal_catalogue()
    {
        var all = Migration.ReadAll(TestDatabase.Modules);
        await Migrator().Up(); // makes the migrator's own table
        for (var n = 1; n <= all.Count; n++)
        {
            var upToThis = Migrator([.. all.Take(n)]);
            var before = await Catalogue.Dump(Database.OwnerConnectionString);
            Assert.Equal([all[n - 1].Id], await upToThis.Up());
            var after = await Catalogue.Dump(Database.OwnerConnectionString);

            Assert.Equal([all[n - 1].Id], await upToThis.Down());
            Assert.Equal(before, await Catalogue.Dump(Database.OwnerConnectionString));
            await upToThis.Up();
            Assert.Equal(after, await Catalogue.Dump(Database.OwnerConnectionString));
            Assert.NotEqual(before, after);
        }
    }

    [Fact]
    [Trait("Spec", "X-017")]
    public async Task Platform_goes_first_then_modules_by_name_each_numbered_on_its_own()
    {
        var applied = await new Migrator(Database.OwnerConnectionString, [.. TestDatabase.Modules.Reverse()]).Up();

        Assert.Equal("platform/0001_platform", applied[0]);
        Assert.Equal(applied.OrderBy(id => !id.StartsWith("platform/", StringComparison.Ordinal)).ThenBy(id => id, StringComparer.Ordinal), applied);
        Assert.Contains("antrean/0001_antrean", applied);
    }

    [Fact]
    public async Task Two_migrators_at_once_apply_every_migration_once()
    {
        var both = await Task.WhenAll(Migrator(First, Second).Up(), Migrator(First, Second).Up());

        Assert.Equal([First.Id, Second.Id], both.SelectMany(applied => applied).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_applied_migration_that_was_edited_is_refused_by_name()
    {
        await Migrator(First).Up();
        var edited = Migrator(First with { Up = First.Up + " " }, Second);

        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(() => edited.Up());

        Assert.Equal("MIGRATION_EDITED", refusal.Code);
        Assert.Contains(First.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Equal([(First.Id, true, true), (Second.Id, false, false)], (await edited.Status()).Select(m => (m.Id, m.AppliedAt is not null, m.Edited)));
    }

    [Fact]
    public async Task A_failing_migration_leaves_nothing_half_done()
    {
        var failing = Second with { Up = "create table public.half (id int); insert into public.half values (1); select 1/0;" };

        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrator(First, failing).Up());

        Assert.Equal("MIGRATION_FAILED", refusal.Code);
        Assert.Contains(failing.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["goods"], await Strings("select tablename from pg_tables where schemaname = 'public'"));
        Assert.Equal([First.Id], (await Migrator(First, failing).Status()).Where(m => m.AppliedAt is not null).Select(m => m.Id));
    }

    [Fact]
    public async Task An_index_left_invalid_by_a_failed_build_is_dropped_and_built_again()
    {
        const string Index = """
            -- alur: no transaction
            create unique index concurrently goods_id
                on public.goods (id);
            -- and a second statement, which must not share a transaction with the first
            create index concurrently goods_id_again on public.goods (id);
            """;
        var indexed = new Migration("shop", 2, "indexed", Index, "-- alur: no transaction\ndrop index concurrently public.goods_id;\ndrop index concurrently public.goods_id_again;");
        await Migrator(First).Up();
        await Execute("insert into public.goods values (1), (1)");
        await Assert.ThrowsAsync<MigrationFailedException>(() => Migrator(First, indexed).Up());
        Assert.Equal(["goods_id"], await Strings("select indexrelid::regclass::text from pg_index where not indisvalid"));

        await Execute("truncate public.goods");
        await Migrator(First, indexed).Up();

        Assert.Equal(["goods_id", "goods_id_again"], await Strings("select indexrelid::regclass::text from pg_index where indisvalid and indrelid = 'public.goods'::regclass order by 1"));
        Assert.Equal([indexed.Id], await Migrator(First, indexed).Down());
        Assert.Empty(await Strings("select indexrelid::regclass::text from pg_index where indrelid = 'public.goods'::regclass"));
    }

    [Fact]
    public async Task A_migrator_that_finds_another_one_gives_up_in_time_and_changes_nothing()
    {
        await using var other = await Database.Owner.OpenConnectionAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('alur.migrations', 0))", other);
        await take.ExecuteNonQueryAsync();

        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(
            () => new Migrator(Database.OwnerConnectionString, [First]) { LockWait = TimeSpan.FromMilliseconds(200) }.Up());

        Assert.Equal("MIGRATION_LOCK_BUSY", refusal.Code);
        Assert.Empty(await Strings("select tablename from pg_tables where schemaname in ('public', 'platform')"));
    }

    [Fact]
    public async Task A_migration_gives_up_when_the_running_application_holds_its_table()
    {
        await Migrator(First).Up();
        await using var application = await Database.Owner.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("lock table public.goods in access share mode", application);
        await hold.ExecuteNonQueryAsync();

        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(
            () => new Migrator(Database.OwnerConnectionString, [First, Second]) { TableLockWait = TimeSpan.FromMilliseconds(200) }.Up());

        Assert.Equal("MIGRATION_TABLE_BUSY", refusal.Code);
        await transaction.RollbackAsync();
        Assert.Equal([Second.Id], await Migrator(First, Second).Up());
    }

    [Theory]
    [InlineData("shop/0001", new[] { "shop/0002_second" })]
    [InlineData("shop/0001_first", new[] { "shop/0002_second" })]
    [InlineData("shop/0002", new string[0])]
    [InlineData("nothing", new[] { "shop/0002_second", "shop/0001_first" })]
    [InlineData(null, new[] { "shop/0002_second" })]
    public async Task Down_reverts_the_last_one_or_everything_after_the_named_one(string? to, string[] expected)
    {
        await Migrator(First, Second).Up();

        Assert.Equal(expected, await Migrator(First, Second).Down(to));
    }

    [Fact]
    public async Task Down_refuses_a_target_that_is_not_applied()
    {
        await Migrator(First).Up();

        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrator(First, Second).Down("shop/0002"));

        Assert.Equal("MIGRATION_NOT_APPLIED", refusal.Code);
    }

    [Fact]
    public async Task An_older_program_runs_on_a_newer_schema_but_does_not_revert_what_it_does_not_know()
    {
        await Migrator(First, Second).Up();
        var older = Migrator(First);

        Assert.Empty(await older.Up());
        Assert.Contains(await older.Status(), m => m.Id == Second.Id && m.Unknown);
        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(() => older.Down());
        Assert.Equal("MIGRATION_UNKNOWN", refusal.Code);
        Assert.Contains(Second.Id, refusal.Message, StringComparison.Ordinal);
    }

    private Migrator Migrator(params IReadOnlyList<Migration> known) => new(Database.OwnerConnectionString, known);

    private async Task Execute(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> Strings(string sql)
    {
        List<string> values = [];
        await using var command = Database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
