using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Data;

public sealed class RuntimeRoleTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Alur_app_may_run_the_server()
    {
        Assert.Empty(await RuntimeRole.Mistakes(fixture.App, CancellationToken.None));
    }

    [Fact]
    public async Task The_owner_of_the_tables_may_not()
    {
        var mistakes = await RuntimeRole.Mistakes(fixture.Owner, CancellationToken.None);

        Assert.Contains(mistakes, m => m.Contains("alur_owner owns tables", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("superuser", "superuser")]
    [InlineData("bypassrls in role alur_app", "BYPASSRLS")]
    [InlineData("in role alur_owner, alur_app", "owns tables")]
    [InlineData("in role alur_app, postgres", "superuser")]
    [InlineData("", "neither alur_app nor a member")]
    [InlineData("in role alur_app", null)]
    public async Task A_role_of_the_operators_own_is_judged_by_what_it_may_do(string attributes, string? complaint)
    {
        var role = $"own_{Guid.NewGuid():N}";
        await using var admin = NpgsqlDataSource.Create(fixture.Database.AdminConnectionString);
        await Execute(admin, $"create role {role} login password 'secret' {attributes}; grant connect on database {new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString).Database} to {role}");
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString) { Username = role, Password = "secret", Pooling = false };
            await using var source = NpgsqlDataSource.Create(settings.ConnectionString);

            var mistakes = await RuntimeRole.Mistakes(source, CancellationToken.None);

            Assert.All(mistakes, m => Assert.StartsWith("ConnectionStrings:Alur: ", m, StringComparison.Ordinal));
            Assert.Equal(complaint is null ? 0 : 1, mistakes.Count(m => complaint is null || m.Contains(complaint, StringComparison.Ordinal)));
        }
        finally
        {
            await Execute(admin, $"drop owned by {role}; drop role {role}");
        }
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
