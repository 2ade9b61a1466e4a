using System.Text;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Sessions;

/// <summary>Prepared statements that are free to be executed again on the same session. A statement is taken out while it is in use.</summary>
internal sealed class StatementCache(SessionHandle handle)
{
    private const int Capacity = 20;
    private readonly List<(string Sql, nint Statement)> _free = [];

    internal nint Take(string sql)
    {
        int index = _free.FindLastIndex(entry => string.Equals(entry.Sql, sql, StringComparison.Ordinal));
        if (index < 0)
            return Prepare(sql);
        nint statement = _free[index].Statement;
        _free.RemoveAt(index);
        return statement;
    }

    internal void GiveBack(string sql, nint statement)
    {
        _free.Add((sql, statement));
        if (_free.Count <= Capacity)
            return;
        handle.CloseStatement(_free[0].Statement);
        _free.RemoveAt(0);
    }

    internal void Discard(nint statement) => handle.CloseStatement(statement);

    internal void Clear()
    {
        foreach ((_, nint statement) in _free)
            handle.CloseStatement(statement);
        _free.Clear();
    }

    private unsafe nint Prepare(string sql)
    {
        nint statement = LibMariaDb.StatementInit(handle.Pointer);
        if (statement == 0)
            throw ServerError.OfConnection(handle.Pointer);
        handle.AddStatement(statement);
        byte[] text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            if (LibMariaDb.StatementPrepare(statement, start, (nuint)text.Length) == 0)
                return statement;
        }
        MariaDbException failure = ServerError.OfStatement(statement, handle.Pointer);
        handle.CloseStatement(statement);
        throw failure;
    }
}
