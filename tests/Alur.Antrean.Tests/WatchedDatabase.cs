using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Alur.Antrean.Tests;

/// <summary>A database whose statements a test can count and step between. Everything is passed on to the real one.</summary>
internal sealed class WatchedDatabase(DbDataSource real, Func<int, string, Task> before) : DbDataSource
{
    private int _statements;

    public override string ConnectionString => real.ConnectionString;

    public async Task Before(string sql) => await before(Interlocked.Increment(ref _statements), sql);

    protected override DbConnection CreateDbConnection() => new Connection(this, real.CreateConnection());

    private sealed class Connection(WatchedDatabase watch, DbConnection real) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get => real.ConnectionString; set => real.ConnectionString = value; }

        public override string Database => real.Database;

        public override string DataSource => real.DataSource;

        public override string ServerVersion => real.ServerVersion;

        public override ConnectionState State => real.State;

        public override void ChangeDatabase(string databaseName) => real.ChangeDatabase(databaseName);

        public override void Close() => real.Close();

        public override void Open() => real.Open();

        public override Task OpenAsync(CancellationToken cancellationToken) => real.OpenAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await real.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => real.BeginTransaction(isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(watch, real.CreateCommand());
    }

    private sealed class Command(WatchedDatabase watch, DbCommand real) : DbCommand
    {
        [AllowNull]
        public override string CommandText { get => real.CommandText; set => real.CommandText = value; }

        public override int CommandTimeout { get => real.CommandTimeout; set => real.CommandTimeout = value; }

        public override CommandType CommandType { get => real.CommandType; set => real.CommandType = value; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => real.Connection; set => real.Connection = value; }

        protected override DbParameterCollection DbParameterCollection => real.Parameters;

        protected override DbTransaction? DbTransaction { get => real.Transaction; set => real.Transaction = value; }

        public override void Cancel() => real.Cancel();

        public override void Prepare() => real.Prepare();

        public override int ExecuteNonQuery() => throw new NotSupportedException();

        public override object? ExecuteScalar() => throw new NotSupportedException();

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await watch.Before(CommandText);
            return await real.ExecuteNonQueryAsync(cancellationToken);
        }

        protected override DbParameter CreateDbParameter() => real.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            await watch.Before(CommandText);
            return await real.ExecuteReaderAsync(behavior, cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await real.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
