using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Data;

public sealed class RoleRightsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Theory]
    [InlineData("create table antrean.mine (id int)")]
    [InlineData("create table public.mine (id int)")]
    [InlineData("create schema mine")]
    [InlineData("alter table antrean.tasks add column mine int")]
    [InlineData("drop table delivery.jobs")]
    [InlineData("truncate delivery.jobs")]
    [InlineData("update journal.entries set performed_by = 'me'")]
    [InlineData("delete from journal.entries")]
    [InlineData("update delivery.attempts set http_code = 200")]
    [InlineData("delete from delivery.attempts")]
    [InlineData("delete from antrean.visits")]
    [InlineData("update platform.migrations set checksum = ''")]
    [InlineData("delete from platform.api_keys")]
    public async Task The_runtime_role_is_refused(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Execute(fixture.App, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [InlineData("update journal.entries set performed_by = 'me'")]
    [InlineData("delete from journal.entries")]
    [InlineData("truncate journal.entries cascade")]
    public async Task Not_even_the_owner_changes_history_by_accident(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Execute(fixture.Owner, sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Fact]
    public async Task The_runtime_role_makes_partitions_only_through_the_function_made_for_it()
    {
        await using var command = fixture.App.CreateCommand("select delivery.ensure_partitions(1)");
        var made = (int)(await command.ExecuteScalarAsync())!;

        Assert.Equal(2, made);
        Assert.Equal(0, (int)(await command.ExecuteScalarAsync())!);
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
