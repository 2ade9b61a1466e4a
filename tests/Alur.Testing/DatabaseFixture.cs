using Npgsql;
using Xunit;

namespace Alur.Testing;

/// <summary>One <see cref="TestDatabase"/> for all tests of a class: <c>IClassFixture&lt;DatabaseFixture&gt;</c>.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public NpgsqlDataSource App => Database.App;

    public NpgsqlDataSource Owner => Database.Owner;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
