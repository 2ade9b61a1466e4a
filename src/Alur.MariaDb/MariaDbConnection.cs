using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Alur.MariaDb.Sessions;

namespace Alur.MariaDb;

/// <summary>A connection borrowed from a <see cref="MariaDbDataSource"/>. One caller at a time; closing gives it back clean.</summary>
public sealed class MariaDbConnection : DbConnection
{
    private readonly MariaDbDataSource _source;
    private SessionPool.Lease? _lease;

    internal MariaDbConnection(MariaDbDataSource source) => _source = source;

    /// <summary>Where this leads, without the password. Cannot be set: connections come from a data source.</summary>
    [AllowNull]
    public override string ConnectionString
    {
        get => _source.ConnectionString;
        set => throw new NotSupportedException($"Make connections with {nameof(MariaDbDataSource)}.");
    }

    /// <inheritdoc/>
    public override string Database => _source.Options.Database ?? "";

    /// <inheritdoc/>
    public override string DataSource => _source.Options.Socket ?? _source.Options.Host;

    /// <inheritdoc/>
    public override string ServerVersion => Session.ServerVersion;

    /// <summary>Open, Closed, or Broken when the server or the network ended it.</summary>
    public override ConnectionState State =>
        _lease is null ? ConnectionState.Closed : _lease.Session.Broken ? ConnectionState.Broken : ConnectionState.Open;

    /// <summary>The server's number for this connection, as SHOW PROCESSLIST and KILL know it.</summary>
    public long ServerThreadId => (long)Session.ThreadId;

    internal Session Session => _lease?.Session ?? throw new InvalidOperationException("The connection is not open.");

    internal MariaDbDataSource Source => _source;

    internal MariaDbDataReader? OpenReader { get; set; }

    internal MariaDbTransaction? OpenTransaction { get; set; }

    /// <inheritdoc/>
    public override void Open()
    {
        RequireClosed();
        _lease = _source.Pool.Take();
    }

    /// <inheritdoc/>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        RequireClosed();
        _lease = await _source.Pool.TakeAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (_lease is not { } lease)
            return;
        lease.Session.AbortIfBusy();
        OpenReader?.Close();
        OpenTransaction = null;
        _lease = null;
        lease.Return();
    }

    /// <inheritdoc/>
    public override Task CloseAsync()
    {
        if (_lease is not { } lease)
            return Task.CompletedTask;
        lease.Session.AbortIfBusy();
        return lease.Session.RunAsync(() => { Close(); return true; });
    }

    /// <summary>Not supported: one data source, one database.</summary>
    public override void ChangeDatabase(string databaseName) =>
        throw new NotSupportedException("Use a data source for the other database.");

    /// <inheritdoc cref="DbConnection.CreateCommand"/>
    public new MariaDbCommand CreateCommand() => new() { Connection = this };

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => CreateCommand();

    /// <summary><see cref="IsolationLevel.Snapshot"/> starts a read-only transaction that sees one consistent moment and takes no locks.</summary>
    public new MariaDbTransaction BeginTransaction(IsolationLevel isolationLevel = IsolationLevel.Unspecified) =>
        (MariaDbTransaction)base.BeginTransaction(isolationLevel);

    /// <inheritdoc cref="BeginTransaction"/>
    public new async ValueTask<MariaDbTransaction> BeginTransactionAsync(
        IsolationLevel isolationLevel = IsolationLevel.Unspecified, CancellationToken cancellationToken = default) =>
        (MariaDbTransaction)await base.BeginTransactionAsync(isolationLevel, cancellationToken);

    /// <inheritdoc/>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        RequireNoTransaction();
        foreach (string statement in MariaDbTransaction.StatementsFor(isolationLevel))
            Run(statement);
        return OpenTransaction = new MariaDbTransaction(this, isolationLevel);
    }

    /// <inheritdoc/>
    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        RequireNoTransaction();
        foreach (string statement in MariaDbTransaction.StatementsFor(isolationLevel))
            await RunAsync(statement, cancellationToken);
        return OpenTransaction = new MariaDbTransaction(this, isolationLevel);
    }

    internal void Run(string statement)
    {
        using MariaDbCommand command = CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    internal async Task RunAsync(string statement, CancellationToken cancellation)
    {
        await using MariaDbCommand command = CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    private void RequireClosed()
    {
        if (_lease is not null)
            throw new InvalidOperationException("The connection is open already.");
    }

    private void RequireNoTransaction()
    {
        if (OpenTransaction is not null)
            throw new InvalidOperationException("The connection has an open transaction already; MariaDB has no nested ones.");
    }
}
