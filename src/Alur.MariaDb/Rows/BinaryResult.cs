using System.Text;
using Alur.MariaDb.Native;
using Alur.MariaDb.Sessions;

namespace Alur.MariaDb.Rows;

/// <summary>A prepared statement's answer, its columns bound to native buffers.</summary>
internal sealed unsafe class BinaryResult : ResultSource
{
    private readonly string _sql;
    private readonly nint _statement;
    private ResultBuffers? _buffers;
    private bool _closed;

    private BinaryResult(Session session, string sql, nint statement) : base(session) => (_sql, _statement) = (sql, statement);

    internal static BinaryResult Execute(Session session, string sql, IReadOnlyList<object?> values)
    {
        session.RequireRoomFor(Encoding.UTF8.GetByteCount(sql));
        nint statement = session.Statements.Take(sql);
        var result = new BinaryResult(session, sql, statement);
        try
        {
            result.Send(values);
            result.Open();
            return result;
        }
        catch
        {
            result.Dispose();
            session.Statements.Discard(statement);
            throw;
        }
    }

    private void Send(IReadOnlyList<object?> values)
    {
        int wanted = (int)LibMariaDb.StatementParameterCount(_statement);
        if (wanted != values.Count)
            throw new InvalidOperationException($"The statement has {wanted} parameters, but {values.Count} values were given.");
        using var parameters = new ParameterBuffers(values);
        Session.RequireRoomFor(parameters.Bytes);
        if (values.Count > 0 && LibMariaDb.StatementBindParameters(_statement, parameters.Binds) != 0)
            throw Failure();
        if (LibMariaDb.StatementExecute(_statement) != 0)
            throw Failure();
    }

    private void Open()
    {
        _buffers?.Dispose();
        _buffers = null;
        if (LibMariaDb.StatementFieldCount(_statement) == 0)
        {
            (Columns, AffectedRows, Exhausted) = ([], (long)LibMariaDb.StatementAffectedRows(_statement), true);
            InsertId = LibMariaDb.StatementInsertId(_statement);
            return;
        }
        nint metadata = LibMariaDb.StatementResultMetadata(_statement);
        if (metadata == 0)
            throw Failure();
        (Columns, AffectedRows, Exhausted) = (Column.Read(metadata), -1, false);
        LibMariaDb.FreeResult(metadata);
        _buffers = new ResultBuffers(Columns);
        Bind();
    }

    private void Bind()
    {
        if (LibMariaDb.StatementBindResult(_statement, _buffers!.Binds) != 0)
            throw Failure();
    }

    protected override bool FetchRow(RowBlock block)
    {
        int answer = LibMariaDb.StatementFetch(_statement);
        switch (answer)
        {
            case FetchResult.NoData:
                return false;
            case FetchResult.Row:
                _buffers!.CopyRow(block);
                return true;
            case FetchResult.Truncated:
                if (_buffers!.CopyLongRow(block, _statement))
                    Bind();
                return true;
            default:
                // Any other answer is a failure, even with error number 0: a server killed in mid-read looks like that.
                throw Failure();
        }
    }

    internal override bool MoveToNextResult()
    {
        if (!Exhausted)
            _ = LibMariaDb.StatementFreeResult(_statement);
        int answer = LibMariaDb.StatementMoreResults(_statement) == 0 ? -1 : LibMariaDb.StatementNextResult(_statement);
        if (answer > 0)
            throw Failure();
        if (answer < 0)
        {
            (Columns, Exhausted) = ([], true);
            return false;
        }
        Open();
        return true;
    }

    internal override void Close()
    {
        if (_closed)
            return;
        _closed = true;
        bool drained = Drain();
        Dispose();
        if (drained && LibMariaDb.Socket(Connection) >= 0)
        {
            Session.Statements.GiveBack(_sql, _statement);
            return;
        }
        MariaDbException failure = Failure();
        Session.Statements.Discard(_statement);
        throw failure;
    }

    /// <summary>Discards the rest of this result and all later ones (a procedure's) unseen.</summary>
    private bool Drain()
    {
        while (LibMariaDb.StatementFreeResult(_statement) == 0)
        {
            if (LibMariaDb.StatementMoreResults(_statement) == 0)
                return true;
            if (LibMariaDb.StatementNextResult(_statement) > 0)
                return false;
        }
        return false;
    }

    public override void Dispose() => _buffers?.Dispose();

    private MariaDbException Failure() => ServerError.OfStatement(_statement, Connection);
}
