using Alur.Platform.Data;
using Alur.Testing;

namespace Alur.Browser.Tests;

/// <summary>What stands in the database, put there or looked at behind the server's back.</summary>
internal static class Rows
{
    public static Task Execute(this TestDatabase database, string sql) => database.Owner.Statement(sql).Run(CancellationToken.None);

    /// <summary>The first column as text.</summary>
    public static Task<List<string>> Column(this TestDatabase database, string sql) => database.Owner.Statement(sql).Rows(row => row.GetString(0), CancellationToken.None);
}
