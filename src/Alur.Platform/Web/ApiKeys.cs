using System.Text.RegularExpressions;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>A key as listed; the key itself is known only to its holder.</summary>
/// <param name="Name">Who holds it; history names it as the actor.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it stopped working; null while it works.</param>
public sealed record ApiKey(string Name, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>
/// Keys of API callers until accounts exist. A key is 256 random bits; the database keeps its SHA-256 and finds it by that,
/// so there is nothing to compare byte by byte and nothing to steal from a dump.
/// </summary>
public sealed partial class ApiKeys(NpgsqlDataSource database)
{
    /// <summary>Name of the key that the first start makes.</summary>
    public const string FirstName = "first";

    private const string Prefix = "alur_";

    private const string InsertSql = """
        insert into identity.api_keys (name, key_hash) values (@name, @hash)
        on conflict (name) do nothing
        """;

    // Two nodes that start at once meet at the unique name: one of them makes the key, the other none.
    private const string InsertFirstSql = """
        insert into identity.api_keys (name, key_hash)
        select @name, @hash
        where not exists (select from identity.api_keys)
        on conflict (name) do nothing
        """;

    private const string FindSql = "select name from identity.api_keys where key_hash = @hash and revoked_at is null";

    private const string ListSql = "select name, created_at, revoked_at from identity.api_keys order by name";

    private const string RevokeSql = """
        update identity.api_keys set revoked_at = now() where name = @name and revoked_at is null
        """;

    /// <summary>Makes a key and returns it, the only time that it can be seen. Refused: <c>API_KEY_NAME_INVALID</c>, <c>API_KEY_NAME_TAKEN</c>.</summary>
    public async Task<Result<string>> Create(string name, CancellationToken ct)
    {
        if (!NamePattern().IsMatch(name))
        {
            return new ApiKeyNameInvalid();
        }

        var key = NewKey();
        return await Execute(InsertSql, name, Secrets.Hash(key), ct) == 1 ? key : new ApiKeyNameTaken(name);
    }

    /// <summary>Makes the first key if there never was one; null otherwise. Any number of nodes may call it at once.</summary>
    public async Task<string?> CreateFirst(CancellationToken ct)
    {
        var key = NewKey();
        return await Execute(InsertFirstSql, FirstName, Secrets.Hash(key), ct) == 1 ? key : null;
    }

    /// <summary>The name of the key's holder; null when the key is unknown or revoked.</summary>
    public async Task<string?> FindName(string key, CancellationToken ct)
    {
        await using var command = database.CreateCommand(FindSql);
        command.Parameters.AddWithValue("hash", Secrets.Hash(key));
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Every key there ever was, by name.</summary>
    public async Task<IReadOnlyList<ApiKey>> List(CancellationToken ct)
    {
        await using var command = database.CreateCommand(ListSql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var keys = new List<ApiKey>();
        while (await reader.ReadAsync(ct))
        {
            var revokedAt = await reader.IsDBNullAsync(2, ct) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(2);
            keys.Add(new ApiKey(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), revokedAt));
        }

        return keys;
    }

    /// <summary>The key stops working with the next request. Refused: <c>API_KEY_NOT_FOUND</c>.</summary>
    public async Task<Result<string>> Revoke(string name, CancellationToken ct) =>
        await Execute(RevokeSql, name, hash: null, ct) == 1 ? name : new ApiKeyNotFound(name);

    private async Task<int> Execute(string sql, string name, byte[]? hash, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("name", name);
        if (hash is not null)
        {
            command.Parameters.AddWithValue("hash", hash);
        }

        return await command.ExecuteNonQueryAsync(ct);
    }

    private static string NewKey() => Prefix + Secrets.New();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,60}\\z", RegexOptions.None, 1000)]
    private static partial Regex NamePattern();
}
