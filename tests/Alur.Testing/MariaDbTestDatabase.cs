using Alur.MariaDb;
using Alur.Simulators.MariaDb;

namespace Alur.Testing;

/// <summary>A MariaDB database of one test or test class, as its two accounts see it.</summary>
public sealed class MariaDbTestDatabase(MariaDbServer server, MariaDbDatabase database) : IAsyncDisposable
{
    /// <summary>Everything inside the database; scripts of several statements allowed.</summary>
    public MariaDbDataSource Writer { get; } = new(database.Writer);

    /// <summary>SELECT only, as Alur is given by a hospital.</summary>
    public MariaDbDataSource Reader { get; } = new(database.Reader);

    /// <summary>Its name.</summary>
    public string Name => database.Name;

    /// <summary>Connection settings of the writer.</summary>
    public MariaDbConnectionOptions WriterOptions => database.Writer;

    /// <summary>Connection settings of the reader.</summary>
    public MariaDbConnectionOptions ReaderOptions => database.Reader;

    /// <summary>The server it is on.</summary>
    public MariaDbServer Server => server;

    /// <summary>Runs a script as the writer.</summary>
    public async Task Execute(string script)
    {
        await using var command = Writer.CreateCommand(script);
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        await Reader.DisposeAsync();
        await server.DropDatabase(database.Name);
    }
}
