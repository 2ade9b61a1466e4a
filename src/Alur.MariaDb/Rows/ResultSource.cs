using Alur.MariaDb.Sessions;

namespace Alur.MariaDb.Rows;

/// <summary>The answer to one command, read block by block. Every member blocks and is called inside <see cref="Session.Run"/>.</summary>
internal abstract class ResultSource(Session session) : IDisposable
{
    protected Session Session { get; } = session;

    protected nint Connection => Session.Handle.Pointer;

    internal Column[] Columns { get; private protected set; } = [];

    /// <summary>Rows changed by the present result; −1 when it has rows of its own.</summary>
    internal long AffectedRows { get; private protected set; } = -1;

    /// <summary>The AUTO_INCREMENT value the present result made, or 0.</summary>
    internal ulong InsertId { get; private protected set; }

    /// <summary>All rows of the present result were read, and the server said so.</summary>
    internal bool Exhausted { get; private protected set; }

    /// <summary>Replaces the block's rows by the next ones.</summary>
    /// <exception cref="MariaDbException">Also when the read broke off: rows never just end.</exception>
    internal void Fill(RowBlock block)
    {
        block.Clear(Columns.Length);
        while (!Exhausted && !block.IsFull)
        {
            if (FetchRow(block))
                block.EndRow();
            else
                Exhausted = true;
        }
    }

    /// <summary>False only after the server's explicit end of rows.</summary>
    protected abstract bool FetchRow(RowBlock block);

    /// <summary>Discards what is left of the present result and opens the next one, if there is one.</summary>
    internal abstract bool MoveToNextResult();

    /// <summary>Reads and discards everything that is left; the session is then free for the next command.</summary>
    internal abstract void Close();

    /// <summary>Closes after a failure, whose exception is the one that counts.</summary>
    internal void Abandon()
    {
        try
        {
            Close();
        }
        catch (MariaDbException failure)
        {
            if (failure.IsConnectionLost)
                Session.MarkBroken();
        }
    }

    /// <summary>Frees what lives outside the session; Close does the rest.</summary>
    public abstract void Dispose();

    /// <summary>Runs the text of a command and opens its first result.</summary>
    internal static ResultSource Open(Session session, string sql, IReadOnlyList<object?>? values) =>
        values is null ? TextResult.Execute(session, sql) : BinaryResult.Execute(session, sql, values);
}
