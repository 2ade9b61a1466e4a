using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Whether anybody has an account. Accounts are never taken away altogether: once there is one, nobody asks the database again.</summary>
internal sealed class FirstAccount(NpgsqlDataSource database)
{
    /// <summary>How those who sit at the server make it.</summary>
    public const string Command = "./alur user add EMAIL --role admin";

    private const string AnySql = "select exists (select from identity.users)";

    private volatile bool _made;

    public async ValueTask<bool> IsMade(CancellationToken ct)
    {
        if (!_made)
        {
            _made = (await database.Statement(AnySql).Rows(r => r.GetBoolean(0), ct)).Single();
        }

        return _made;
    }
}
