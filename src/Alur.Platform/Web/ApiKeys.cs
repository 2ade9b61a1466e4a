using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>A key as listed; the key itself is known only to its holder.</summary>
/// <param name="Name">Who holds it; history names it as the actor.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it stopped working; null while it works.</param>
/// <param name="Scopes">Names of grants, or <c>*</c>: all of them.</param>
public sealed record ApiKey(string Name, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, IReadOnlyList<string> Scopes);

/// <summary>Whose key it is, and what it is good for.</summary>
internal sealed record KeyHolder(string Name, IReadOnlyList<string> Scopes);

/// <summary>
/// Keys of programs. A key is 256 random bits; the database keeps its SHA-256 and finds it by that, so there is nothing to compare byte by byte and
/// nothing to steal from a dump. A key is good for grants, never for what only people with the role admin may do.
/// </summary>
public sealed partial class ApiKeys(NpgsqlDataSource database, IEnumerable<Grant> grants)
{
    /// <summary>Name of the key that the first start makes.</summary>
    public const string FirstName = "first";

    /// <summary>The scope of a key that is good for every grant of every module.</summary>
    public const string EveryGrant = "*";

    private const string Prefix = "alur_";

    private const string InsertSql = """
        insert into identity.api_keys (name, key_hash, scopes) values (@name, @hash, @scopes)
        on conflict (name) do nothing
        """;

    // Two nodes that start at once meet at the unique name: one of them makes the key, the other none.
    private const string InsertFirstSql = """
        insert into identity.api_keys (name, key_hash)
        select @name, @hash
        where not exists (select from identity.api_keys)
        on conflict (name) do nothing
        """;

    private const string FindSql = "select name, scopes from identity.api_keys where key_hash = @hash and revoked_at is null";

    private const string ListSql = "select name, created_at, revoked_at, scopes from identity.api_keys order by name";

    private const string RevokeSql = """
        update identity.api_keys set revoked_at = now() where name = @name and revoked_at is null returning scopes
        """;

    /// <summary>Makes a key for every grant and returns it, the only time that it can be seen. Refused as the other.</summary>
    public Task<Result<string>> Create(string name, CancellationToken ct) => Create(name, [EveryGrant], AuditOrigin.System, ct);

    /// <summary>Makes a key and returns it, the only time that it can be seen. Refused: <c>API_KEY_NAME_INVALID</c>, <c>API_KEY_NAME_TAKEN</c>, <c>GRANT_UNKNOWN</c>.</summary>
    /// <param name="name">Who holds it.</param>
    /// <param name="scopes">Names of grants, at least one, or <see cref="EveryGrant"/>.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Result<string>> Create(string name, IReadOnlyList<string> scopes, AuditOrigin by, CancellationToken ct)
    {
        if (!NamePattern().IsMatch(name))
        {
            return new ApiKeyNameInvalid();
        }

        if (GrantNames.Unknown(scopes.Where(scope => scope != EveryGrant), grants) is { } unknown)
        {
            return unknown;
        }

        var key = NewKey();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(InsertSql, ("name", name), ("hash", Secrets.Hash(key)), ("scopes", scopes.ToArray())).Run(ct) == 0)
        {
            return new ApiKeyNameTaken(name);
        }

        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Create, Audited.ApiKeys, name, NewValues: new { scopes }), ct);
        await tx.CommitAsync(ct);
        return key;
    }

    /// <summary>Makes the first key if there never was one; null otherwise. Any number of nodes may call it at once.</summary>
    public async Task<string?> CreateFirst(CancellationToken ct)
    {
        var key = NewKey();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(InsertFirstSql, ("name", FirstName), ("hash", Secrets.Hash(key))).Run(ct) == 0)
        {
            return null;
        }

        await WriteAudit.Run(tx, AuditOrigin.System, new AuditEntry(AuditAction.Create, Audited.ApiKeys, FirstName, NewValues: new { scopes = new[] { EveryGrant } }), ct);
        await tx.CommitAsync(ct);
        return key;
    }

    /// <summary>Whose key it is; null when it is unknown or revoked.</summary>
    internal async Task<KeyHolder?> Find(string key, CancellationToken ct) =>
        (await database.Statement(FindSql, ("hash", Secrets.Hash(key))).Rows(r => new KeyHolder(r.GetString(0), r.GetFieldValue<string[]>(1)), ct)).SingleOrDefault();

    /// <summary>Every key there ever was, by name.</summary>
    public async Task<IReadOnlyList<ApiKey>> List(CancellationToken ct) => await database.Statement(ListSql).Rows(
        r => new ApiKey(r.GetString(0), r.GetFieldValue<DateTimeOffset>(1), r.Maybe<DateTimeOffset?>(2), r.GetFieldValue<string[]>(3)), ct);

    /// <summary>The key stops working with the next request. Refused: <c>API_KEY_NOT_FOUND</c>.</summary>
    public async Task<Result<string>> Revoke(string name, AuditOrigin by, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(RevokeSql, ("name", name)).Rows(r => r.GetFieldValue<string[]>(0), ct) is not [var scopes])
        {
            return new ApiKeyNotFound(name);
        }

        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Delete, Audited.ApiKeys, name, OldValues: new { scopes }), ct);
        await tx.CommitAsync(ct);
        return name;
    }

    private static string NewKey() => Prefix + Secrets.New();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,60}\\z", RegexOptions.None, 1000)]
    private static partial Regex NamePattern();
}
