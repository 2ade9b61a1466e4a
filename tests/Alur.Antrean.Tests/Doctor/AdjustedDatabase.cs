using System.Data.Common;

namespace Alur.Antrean.Tests.Doctor;

/// <summary>A real database whose every connection begins with a statement of the test's: another clock, another zone.</summary>
internal sealed class AdjustedDatabase(DbDataSource real, string first) : DbDataSource
{
    public override string ConnectionString => real.ConnectionString;

    protected override DbConnection CreateDbConnection() => real.CreateConnection();

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = await real.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = first;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }
}
