using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>A fresh database for one test class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private MariaDbTestDatabase? _database;

    internal MariaDbTestDatabase Database => _database!;

    internal MariaDbDataSource Writer => Database.Writer;

    internal MariaDbDataSource Reader => Database.Reader;

    public async ValueTask InitializeAsync() => _database = await MariaDbTestServer.CreateDatabase("utf8mb4");

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();
}
