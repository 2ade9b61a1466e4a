using System.Security.Cryptography;
using System.Text;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Web.Idempotency;

/// <summary>What a key stands for when a request comes with it.</summary>
internal enum Found
{
    /// <summary>It is this request's now.</summary>
    Claimed,

    /// <summary>The same request was answered.</summary>
    Answered,

    /// <summary>The same request is being served.</summary>
    Running,

    /// <summary>The same request was begun, and nobody knows how it ended.</summary>
    Unknown,

    /// <summary>Another request was.</summary>
    OtherRequest,
}

/// <summary>The answer that was given.</summary>
/// <param name="Status">HTTP status, 200 to 299.</param>
/// <param name="Body">JSON.</param>
internal sealed record KeptAnswer(int Status, byte[] Body);

/// <summary>
/// Keys in the database, where the unique index decides between two requests at the same moment, on whatever nodes. A dump of it opens nothing: see
/// <see cref="IdempotencyKey"/>.
/// </summary>
internal sealed class IdempotencyKeys(NpgsqlDataSource database)
{
    // A day is what callers are promised. Nothing runs longer than its statements and transactions may, which the connection bounds.
    private const string ClaimSql = """
        insert into platform.idempotency_keys as k (id, request, token, running_until, expires_at)
        values (@id, @request, @token, now() + interval '3 minutes', now() + interval '24 hours')
        on conflict (id) do update
            set request = excluded.request, token = excluded.token, running_until = excluded.running_until, expires_at = excluded.expires_at, status = null, answer = null
            where k.expires_at < now() or (@exact and k.status is null and k.running_until < now() and k.request = excluded.request)
        """;

    private const string ReadSql = "select request, status, answer, running_until > now() from platform.idempotency_keys where id = @id";

    private const string AnswerSql = "update platform.idempotency_keys set status = @status, answer = @answer where id = @id and token = @token and status is null";

    private const string ReleaseSql = "delete from platform.idempotency_keys where id = @id and token = @token and status is null";

    private const string GiveUpSql = "update platform.idempotency_keys set running_until = now() where id = @id and token = @token and status is null";

    private const string ForgetSql = "delete from platform.idempotency_keys where expires_at < now()";

    /// <summary>Takes the key, or finds out what it stands for.</summary>
    /// <param name="key">Of the request.</param>
    /// <param name="exact">Its answer is written with its change, so that without an answer nothing was changed and it may be begun anew.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<(Found Found, KeptAnswer? Answer)> Claim(IdempotencyKey key, bool exact, CancellationToken ct)
    {
        if (await database.Statement(ClaimSql, ("id", key.Id), ("request", key.Request), ("token", key.Token), ("exact", exact)).Run(ct) == 1)
        {
            return (Found.Claimed, null);
        }

        var row = (await database.Statement(ReadSql, ("id", key.Id)).Rows(
            r => (Request: r.GetFieldValue<byte[]>(0), Status: r.Maybe<short?>(1), Answer: r.Maybe<byte[]>(2), Runs: r.GetBoolean(3)), ct)).SingleOrDefault();
        return row switch
        {
            { Request: null } => (Found.Running, null), // released this very moment
            _ when !CryptographicOperations.FixedTimeEquals(row.Request, key.Request) => (Found.OtherRequest, null),
            { Status: { } status } => (Found.Answered, new KeptAnswer(status, key.Open(row.Answer!))),
            _ => (row.Runs ? Found.Running : Found.Unknown, null),
        };
    }

    /// <summary>Keeps the answer of a request that is over.</summary>
    public Task Answer(IdempotencyKey key, KeptAnswer answer, CancellationToken ct) =>
        database.Statement(AnswerSql, ("id", key.Id), ("token", key.Token), ("status", answer.Status), ("answer", key.Close(answer.Body))).Run(ct);

    /// <summary>Keeps it in the transaction of its change: either both are there afterwards or neither.</summary>
    /// <exception cref="InvalidOperationException">The key was given to a later request meanwhile; the change must not be committed.</exception>
    public static async Task Answer(NpgsqlTransaction tx, IdempotencyKey key, KeptAnswer answer, CancellationToken ct)
    {
        if (await tx.Statement(AnswerSql, ("id", key.Id), ("token", key.Token), ("status", answer.Status), ("answer", key.Close(answer.Body))).Run(ct) != 1)
        {
            throw new InvalidOperationException("The idempotency key of this request is not its own any more.");
        }
    }

    /// <summary>Nothing was done: the key may be used again, for a better request too.</summary>
    public Task Release(IdempotencyKey key, CancellationToken ct) => database.Statement(ReleaseSql, ("id", key.Id), ("token", key.Token)).Run(ct);

    /// <summary>Nobody knows what was done.</summary>
    public Task GiveUp(IdempotencyKey key, CancellationToken ct) => database.Statement(GiveUpSql, ("id", key.Id), ("token", key.Token)).Run(ct);

    /// <summary>Forgets what is older than a day; how many.</summary>
    public Task<int> Forget(CancellationToken ct) => database.Statement(ForgetSql).Run(ct);
}

/// <summary>One request under its key. The key itself is kept nowhere; what is kept of the request and of the answer means nothing without it.</summary>
/// <param name="Id">Of caller and key.</param>
/// <param name="Request">Digest of what is asked.</param>
/// <param name="Secret">Opens the answer.</param>
internal sealed record IdempotencyKey(byte[] Id, byte[] Request, byte[] Secret)
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    /// <summary>Tells this request from an earlier one with the same key.</summary>
    public Guid Token { get; } = Guid.NewGuid();

    public static IdempotencyKey Of(string caller, string key, string address, ReadOnlySpan<byte> body)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        byte[] request = [.. SHA256.HashData(Encoding.UTF8.GetBytes(address)), .. SHA256.HashData(body)];
        return new IdempotencyKey(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")),
            HMACSHA256.HashData(bytes, request),
            HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, 32, salt: null, Encoding.UTF8.GetBytes($"answer for {caller}")));
    }

    public byte[] Close(byte[] answer)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var closed = new byte[answer.Length];
        var tag = new byte[TagBytes];
        using var cipher = new AesGcm(Secret, TagBytes);
        cipher.Encrypt(nonce, answer, closed, tag, Id);
        return [.. nonce, .. tag, .. closed];
    }

    public byte[] Open(byte[] closed)
    {
        var answer = new byte[closed.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Secret, TagBytes);
        cipher.Decrypt(closed.AsSpan(0, NonceBytes), closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes), answer, Id);
        return answer;
    }
}
