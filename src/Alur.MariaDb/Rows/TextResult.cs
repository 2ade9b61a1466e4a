using System.Buffers.Text;
using System.Text;
using Alur.MariaDb.Native;
using Alur.MariaDb.Sessions;

namespace Alur.MariaDb.Rows;

/// <summary>The text protocol: any statement, several results, no parameters.</summary>
internal sealed unsafe class TextResult : ResultSource
{
    private TextResult(Session session) : base(session)
    {
    }

    internal static TextResult Execute(Session session, string sql)
    {
        session.RequireRoomFor(Encoding.UTF8.GetByteCount(sql));
        session.Execute(sql);
        var result = new TextResult(session);
        result.Open();
        return result;
    }

    private void Open()
    {
        nint result = LibMariaDb.UseResult(Connection);
        Session.Handle.OpenResult = result;
        if (result != 0)
        {
            (Columns, AffectedRows, Exhausted) = (Column.Read(result), -1, false);
            return;
        }
        if (LibMariaDb.FieldCount(Connection) != 0)
            throw ServerError.OfConnection(Connection);
        (Columns, AffectedRows, Exhausted) = ([], (long)LibMariaDb.AffectedRows(Connection), true);
        InsertId = LibMariaDb.InsertId(Connection);
    }

    protected override bool FetchRow(RowBlock block)
    {
        nint result = Session.Handle.OpenResult;
        byte** row = LibMariaDb.FetchRow(result);
        if (row is null)
        {
            // The library answers end and failure with the same null. A failed read closes the library's socket.
            if (LibMariaDb.ErrorNumber(Connection) != 0 || LibMariaDb.Socket(Connection) < 0)
                throw ServerError.OfConnection(Connection);
            return false;
        }
        nuint* lengths = LibMariaDb.FetchLengths(result);
        for (int i = 0; i < Columns.Length; i++)
        {
            if (row[i] is null)
                block.AddNull();
            else
                AddValue(block, Columns[i], new ReadOnlySpan<byte>(row[i], checked((int)lengths[i])));
        }
        return true;
    }

    private static void AddValue(RowBlock block, Column column, ReadOnlySpan<byte> text)
    {
        switch (column.Kind)
        {
            case ValueKind.Integer when Utf8Parser.TryParse(text, out long number, out _):
                block.AddNumber(number);
                break;
            case ValueKind.UnsignedInteger when Utf8Parser.TryParse(text, out ulong number, out _):
                block.AddNumber((long)number);
                break;
            case ValueKind.Bits:
                block.AddNumber(BitText.ToNumber(text));
                break;
            case ValueKind.Single when Utf8Parser.TryParse(text, out float number, out _):
                block.AddNumber(BitConverter.SingleToInt32Bits(number));
                break;
            case ValueKind.Double when Utf8Parser.TryParse(text, out double number, out _):
                block.AddNumber(BitConverter.DoubleToInt64Bits(number));
                break;
            case ValueKind.Integer or ValueKind.UnsignedInteger or ValueKind.Single or ValueKind.Double:
                throw new FormatException($"Column '{column.Name}' ({column.TypeName}) holds '{Encoding.UTF8.GetString(text)}', which is not a number.");
            default:
                block.AddBytes(text);
                break;
        }
    }

    internal override bool MoveToNextResult()
    {
        FreeOpenResult();
        int answer = LibMariaDb.NextResult(Connection);
        if (answer > 0)
            throw ServerError.OfConnection(Connection);
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
        FreeOpenResult();
        while (LibMariaDb.MoreResults(Connection) != 0 && MoveToNextResult())
        {
            // Only discarding.
        }
    }

    /// <summary>Nothing: the open result belongs to the session's handle.</summary>
    public override void Dispose()
    {
    }

    /// <summary>Reads the rest of the rows, for nobody, and says so if that broke off.</summary>
    private void FreeOpenResult()
    {
        nint result = Session.Handle.OpenResult;
        if (result == 0)
            return;
        Session.Handle.OpenResult = 0;
        LibMariaDb.FreeResult(result);
        if (LibMariaDb.Socket(Connection) < 0)
            throw ServerError.OfConnection(Connection);
    }
}
