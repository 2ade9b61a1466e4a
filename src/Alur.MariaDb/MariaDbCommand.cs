using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Alur.MariaDb.Rows;
using Alur.MariaDb.Sessions;
using Alur.MariaDb.Sql;

namespace Alur.MariaDb;

/// <summary>A statement. With parameters (<c>?</c> in order, or <c>@name</c>) it is prepared and its values are bound; without any it goes
/// to the server as text.</summary>
public sealed class MariaDbCommand : DbCommand
{
    private readonly MariaDbParameterCollection _parameters = new();
    private MariaDbConnection? _connection;
    private int? _timeoutSeconds;
    private volatile CallBudget? _running;

    /// <inheritdoc/>
    [AllowNull]
    public override string CommandText { get; set; } = "";

    /// <summary>Seconds that the command may wait for the server in total, reading the rows included; 0 is for ever. Default: the data
    /// source's. When it is over the query is killed on the server.</summary>
    public override int CommandTimeout
    {
        get => (int)Timeout.TotalSeconds;
        set => _timeoutSeconds = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A time-out is not negative.");
    }

    /// <summary>Always <see cref="CommandType.Text"/>; call procedures with CALL.</summary>
    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
                throw new NotSupportedException("Only text commands are supported; write CALL name(…).");
        }
    }

    /// <inheritdoc/>
    public override bool DesignTimeVisible { get; set; }

    /// <inheritdoc/>
    public override UpdateRowSource UpdatedRowSource { get; set; }

    /// <summary>The AUTO_INCREMENT value made by the last <see cref="ExecuteNonQuery"/>, or 0.</summary>
    public ulong LastInsertId { get; private set; }

    /// <inheritdoc cref="DbCommand.Parameters"/>
    public new MariaDbParameterCollection Parameters => _parameters;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection
    {
        get => _connection;
        set => _connection = (MariaDbConnection?)value;
    }

    /// <inheritdoc/>
    protected override DbParameterCollection DbParameterCollection => _parameters;

    /// <summary>Kept only: every command on a connection runs in the connection's transaction.</summary>
    protected override DbTransaction? DbTransaction { get; set; }

    private TimeSpan Timeout => _timeoutSeconds is { } seconds
        ? TimeSpan.FromSeconds(seconds)
        : _connection?.Source.Options.CommandTimeout ?? TimeSpan.FromSeconds(30);

    /// <summary>Stops the command if it is running; it then throws <see cref="OperationCanceledException"/>. From any thread.</summary>
    public override void Cancel() => _running?.Cancel();

    /// <summary>Nothing to do: statements with parameters are always prepared, and kept for the next use on the same connection.</summary>
    public override void Prepare()
    {
    }

    /// <inheritdoc/>
    public override int ExecuteNonQuery()
    {
        using DbDataReader reader = ExecuteDbDataReader(CommandBehavior.Default);
        while (reader.NextResult())
        {
            // Later results only count.
        }
        LastInsertId = ((MariaDbDataReader)reader).LastInsertId;
        return reader.RecordsAffected;
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        await using DbDataReader reader = await ExecuteDbDataReaderAsync(CommandBehavior.Default, cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
            // Later results only count.
        }
        LastInsertId = ((MariaDbDataReader)reader).LastInsertId;
        return reader.RecordsAffected;
    }

    /// <inheritdoc/>
    public override object? ExecuteScalar()
    {
        using DbDataReader reader = ExecuteDbDataReader(CommandBehavior.Default);
        return reader.FieldCount > 0 && reader.Read() ? reader.GetValue(0) : null;
    }

    /// <inheritdoc/>
    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        await using DbDataReader reader = await ExecuteDbDataReaderAsync(CommandBehavior.Default, cancellationToken);
        return reader.FieldCount > 0 && await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null;
    }

    /// <inheritdoc cref="DbCommand.ExecuteReader()"/>
    public new MariaDbDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default) =>
        (MariaDbDataReader)base.ExecuteReader(behavior);

    /// <inheritdoc cref="DbCommand.ExecuteReaderAsync()"/>
    public new async Task<MariaDbDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default) =>
        (MariaDbDataReader)await base.ExecuteReaderAsync(cancellationToken);

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Execute(ReadyConnection(), behavior, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        MariaDbConnection connection = ReadyConnection();
        return await connection.Session.RunAsync(() => Execute(connection, behavior, cancellationToken));
    }

    /// <inheritdoc/>
    protected override DbParameter CreateDbParameter() => new MariaDbParameter();

    private MariaDbDataReader Execute(MariaDbConnection connection, CommandBehavior behavior, CancellationToken cancellation)
    {
        Session session = connection.Session;
        var budget = new CallBudget(Timeout);
        _running = budget;
        try
        {
            var block = new RowBlock();
            ResultSource source = session.Run(budget, () => Start(session, block), cancellation);
            var reader = new MariaDbDataReader(this, connection, source, block, budget, behavior);
            connection.OpenReader = reader;
            return reader;
        }
        catch
        {
            Finished(budget);
            throw;
        }
    }

    private ResultSource Start(Session session, RowBlock firstRows)
    {
        (string sql, object?[]? values) = _parameters.Count == 0
            ? (CommandText, null)
            : ParameterRewriter.Rewrite(CommandText, _parameters, session.NoBackslashEscapes);
        ResultSource source = ResultSource.Open(session, sql, values);
        try
        {
            source.Fill(firstRows);
            return source;
        }
        catch
        {
            source.Abandon();
            throw;
        }
    }

    internal void Finished(CallBudget budget)
    {
        if (ReferenceEquals(_running, budget))
            _running = null;
        budget.Dispose();
    }

    private MariaDbConnection ReadyConnection()
    {
        MariaDbConnection connection = _connection ?? throw new InvalidOperationException("The command has no connection.");
        if (connection.OpenReader is not null)
            throw new InvalidOperationException("The connection has an open reader; close it first.");
        _ = connection.Session;
        return connection;
    }
}
