using System.Data.Common;
using Alur.MariaDb.Sessions;

namespace Alur.MariaDb;

/// <summary>A pool of connections to one database under one account. Thread-safe; keep one for the life of the program.</summary>
public sealed class MariaDbDataSource(MariaDbConnectionOptions options) : DbDataSource
{
    private readonly SessionPool _pool = new(options);

    /// <summary>From a connection string, see <see cref="MariaDbConnectionOptions.Parse"/>.</summary>
    public MariaDbDataSource(string connectionString) : this(MariaDbConnectionOptions.Parse(connectionString))
    {
    }

    /// <summary>What the connections are opened with.</summary>
    public MariaDbConnectionOptions Options => options;

    /// <summary>Where this leads; without the password.</summary>
    public override string ConnectionString => options.ToString();

    internal SessionPool Pool => _pool;

    /// <summary>Closes idle connections now and borrowed ones when they come back (after a change of password, for example).</summary>
    public void Clear() => _pool.Clear();

    /// <inheritdoc cref="DbDataSource.CreateConnection"/>
    public new MariaDbConnection CreateConnection() => new(this);

    /// <inheritdoc cref="DbDataSource.OpenConnection"/>
    public new MariaDbConnection OpenConnection() => (MariaDbConnection)base.OpenConnection();

    /// <inheritdoc cref="DbDataSource.OpenConnectionAsync"/>
    public new async ValueTask<MariaDbConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) =>
        (MariaDbConnection)await base.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new MariaDbConnection(this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _pool.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        _pool.Dispose();
        await base.DisposeAsyncCore();
    }
}
