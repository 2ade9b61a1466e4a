using System.Data;
using System.Data.Common;

namespace Alur.MariaDb;

/// <summary>A transaction on one connection. Disposing it without a commit rolls back.</summary>
public sealed class MariaDbTransaction : DbTransaction
{
    private readonly MariaDbConnection _connection;
    private bool _over;

    internal MariaDbTransaction(MariaDbConnection connection, IsolationLevel level) => (_connection, IsolationLevel) = (connection, level);

    /// <inheritdoc/>
    public override IsolationLevel IsolationLevel { get; }

    /// <inheritdoc/>
    protected override DbConnection? DbConnection => _over ? null : _connection;

    /// <inheritdoc/>
    public override void Commit() => End("commit");

    /// <inheritdoc/>
    public override void Rollback() => End("rollback");

    /// <inheritdoc/>
    public override Task CommitAsync(CancellationToken cancellationToken = default) => EndAsync("commit", cancellationToken);

    /// <inheritdoc/>
    public override Task RollbackAsync(CancellationToken cancellationToken = default) => EndAsync("rollback", cancellationToken);

    internal static IEnumerable<string> StatementsFor(IsolationLevel level) => level switch
    {
        IsolationLevel.Unspecified => ["start transaction"],
        IsolationLevel.ReadUncommitted => ["set transaction isolation level read uncommitted", "start transaction"],
        IsolationLevel.ReadCommitted => ["set transaction isolation level read committed", "start transaction"],
        IsolationLevel.RepeatableRead => ["set transaction isolation level repeatable read", "start transaction"],
        IsolationLevel.Serializable => ["set transaction isolation level serializable", "start transaction"],
        // A snapshot is taken under REPEATABLE READ only; elsewhere the server ignores the words with a warning.
        IsolationLevel.Snapshot =>
            ["set transaction isolation level repeatable read", "start transaction with consistent snapshot, read only"],
        _ => throw new NotSupportedException($"MariaDB has no isolation level {level}."),
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && CanStillRollBack)
            Rollback();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (CanStillRollBack)
            await RollbackAsync();
        await base.DisposeAsync();
    }

    /// <summary>On a lost connection the server rolls back by itself.</summary>
    private bool CanStillRollBack =>
        !_over && ReferenceEquals(_connection.OpenTransaction, this) && _connection.State == ConnectionState.Open;

    private void End(string statement)
    {
        RequireOpen();
        _connection.OpenReader?.Close();
        _connection.Run(statement);
        Finish();
    }

    private async Task EndAsync(string statement, CancellationToken cancellation)
    {
        RequireOpen();
        if (_connection.OpenReader is { } reader)
            await reader.CloseAsync();
        await _connection.RunAsync(statement, cancellation);
        Finish();
    }

    private void Finish()
    {
        _over = true;
        _connection.OpenTransaction = null;
    }

    private void RequireOpen()
    {
        if (_over || !ReferenceEquals(_connection.OpenTransaction, this))
            throw new InvalidOperationException("This transaction is over.");
    }
}
