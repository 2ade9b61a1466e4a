using System.Collections;
using System.Collections.ObjectModel;
using System.Data;
using System.Data.Common;
using Alur.MariaDb.Rows;
using Alur.MariaDb.Sessions;

namespace Alur.MariaDb;

/// <summary>Reads the rows of a command forward, in blocks: memory stays flat however long the result is. A read that breaks off always
/// throws; rows never just end.</summary>
#pragma warning disable CA1010 // DbDataReader fixes the shape: ADO.NET enumerates without a type.
public sealed partial class MariaDbDataReader : DbDataReader, IDbColumnSchemaGenerator
#pragma warning restore CA1010
{
    private static readonly TimeSpan DiscardLimit = TimeSpan.FromSeconds(1);
    private readonly MariaDbCommand _command;
    private readonly MariaDbConnection _connection;
    private readonly Session _session;
    private readonly ResultSource _source;
    private readonly RowBlock _block;
    private readonly CallBudget _budget;
    private readonly CommandBehavior _behavior;
    private Dictionary<string, int>? _ordinals;
    private int _row = -1;
    private long _changed;
    private bool _changedAny;
    private bool _closed;
    private bool _brokenOff;
    private bool _hasRows;
    private bool _resultsOver;

    internal MariaDbDataReader(
        MariaDbCommand command, MariaDbConnection connection, ResultSource source, RowBlock firstRows, CallBudget budget, CommandBehavior behavior)
    {
        (_command, _connection, _source, _block, _budget, _behavior) = (command, connection, source, firstRows, budget, behavior);
        _session = connection.Session;
        BeginResult();
    }

    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override int FieldCount => _resultsOver ? 0 : _source.Columns.Length;

    /// <inheritdoc/>
    public override bool HasRows => _hasRows;

    /// <inheritdoc/>
    public override bool IsClosed => _closed;

    /// <summary>Rows matched by the statements so far; −1 when none of them changes rows.</summary>
    public override int RecordsAffected => _changedAny ? (int)Math.Min(_changed, int.MaxValue) : -1;

    /// <summary>The AUTO_INCREMENT value made by the present result's statement, or 0.</summary>
    public ulong LastInsertId { get; private set; }

    /// <summary>Memory of the rows at hand.</summary>
    internal long HeldBytes => _block.HeldBytes;

    /// <inheritdoc/>
    public override bool Read() => TryStepInBlock(out bool found) ? found : FetchNextBlock(CancellationToken.None);

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<bool>(cancellationToken);
        return TryStepInBlock(out bool found)
            ? Task.FromResult(found)
            : _session.RunAsync(() => FetchNextBlock(cancellationToken));
    }

    /// <inheritdoc/>
    public override bool NextResult() => MoveToNextResult(CancellationToken.None);

    /// <inheritdoc/>
    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) =>
        _resultsOver ? Task.FromResult(false) : _session.RunAsync(() => MoveToNextResult(cancellationToken));

    /// <summary>Discards what was not read; a result too long to discard is killed on the server.</summary>
    public override void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _connection.OpenReader = null;
        _command.Finished(_budget);
        using var discarding = new CallBudget(DiscardLimit);
        try
        {
            _session.Run(discarding, () => { _source.Close(); return true; });
        }
        catch (Exception e) when (e is MariaDbException or InvalidOperationException)
        {
            // Nobody asked for these rows any more; the session only must not be used again (or is still busy elsewhere).
            _session.MarkBroken();
        }
        if (_behavior.HasFlag(CommandBehavior.CloseConnection))
            _connection.Close();
    }

    /// <inheritdoc/>
    public override Task CloseAsync() => _closed ? Task.CompletedTask : _session.RunAsync(() => { Close(); return true; });

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

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    /// <inheritdoc/>
    public ReadOnlyCollection<DbColumn> GetColumnSchema() =>
        Array.AsReadOnly(_source.Columns.Select((column, i) => (DbColumn)new MariaDbColumn(column, i)).ToArray());

    /// <inheritdoc/>
    public override DataTable? GetSchemaTable() => FieldCount == 0 ? null : SchemaTable.Of(GetColumnSchema());

    private bool TryStepInBlock(out bool found)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        found = !_brokenOff && _row + 1 < _block.Rows;
        if (found)
        {
            _row++;
            return true;
        }
        if (_brokenOff || !_source.Exhausted)
            return false;
        _row = _block.Rows;
        return true;
    }

    private bool FetchNextBlock(CancellationToken cancellation)
    {
        Fetch(() => { _source.Fill(_block); return true; }, cancellation);
        _row = -1;
        return TryStepInBlock(out bool found) && found;
    }

    private bool MoveToNextResult(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_resultsOver)
            return false;
        bool found = Fetch(() =>
        {
            if (!_source.MoveToNextResult())
                return false;
            _source.Fill(_block);
            return true;
        }, cancellation);
        if (found)
            BeginResult();
        else
            EndResults();
        return found;
    }

    /// <summary>A fetch that failed is never followed by "no more rows": the library itself would say so when asked again.</summary>
    private bool Fetch(Func<bool> call, CancellationToken cancellation)
    {
        if (_brokenOff)
            throw new InvalidOperationException("This read broke off before; what it gave is not the whole result.");
        _brokenOff = true;
        bool found = _session.Run(_budget, call, cancellation);
        _brokenOff = false;
        return found;
    }

    private void BeginResult()
    {
        (_row, _hasRows, _ordinals) = (-1, _block.Rows > 0, null);
        if (_source.AffectedRows >= 0)
            (_changed, _changedAny) = (_changed + _source.AffectedRows, true);
        if (_source.InsertId != 0)
            LastInsertId = _source.InsertId;
    }

    private void EndResults()
    {
        _resultsOver = true;
        _block.Clear(0);
        (_row, _hasRows) = (-1, false);
    }
}
