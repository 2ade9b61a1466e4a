using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>A public key as RFC 7517 writes it.</summary>
internal sealed record Jwk(
    [property: JsonPropertyName("kty")] string Kty,
    [property: JsonPropertyName("crv")] string Crv,
    [property: JsonPropertyName("x")] string X,
    [property: JsonPropertyName("y")] string Y,
    [property: JsonPropertyName("use")] string Use,
    [property: JsonPropertyName("alg")] string Alg,
    [property: JsonPropertyName("kid")] string Kid);

/// <summary>
/// Keys of access tokens (ECDSA over P-256). Every process makes its own, for a day, and never lets the private half out; the public halves of all are in
/// the database until the last token signed with them has run out. So there is no private key to lose, to copy between nodes or to find in a backup.
/// </summary>
internal sealed class SigningKeys(NpgsqlDataSource database, IdentityOptions options) : IDisposable
{
    private const int Coordinate = 32;

    private static readonly TimeSpan SignFor = TimeSpan.FromHours(24);

    private const string PublishSql = """
        with old as (
            delete from identity.signing_keys where verify_until < now() - interval '1 day'
        )
        insert into identity.signing_keys (kid, x, y, verify_until) values (@kid, @x, @y, now() + @keep)
        """;

    private const string FindSql = "select x, y, verify_until from identity.signing_keys where kid = @kid and verify_until > now()";
    private const string ListSql = "select kid, x, y from identity.signing_keys where verify_until > now() order by created_at, kid";

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private ECDsa? _own;
    private string _ownKid = "";
    private DateTimeOffset _signUntil;

    /// <summary>Signs what <paramref name="content"/> makes of the key's id; the signature is in the form of JWS.</summary>
    public async Task<(string Signed, byte[] Signature)> Sign(Func<string, string> content, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_own is null || DateTimeOffset.UtcNow >= _signUntil)
            {
                await MakeOwn(ct);
            }

            var signed = content(_ownKid);
            return (signed, _own!.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether a key that is published made this signature.</summary>
    public async Task<bool> Verify(string kid, string signed, byte[] signature, CancellationToken ct)
    {
        if (await Find(kid, ct) is not { } point)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            return key.VerifyData(Encoding.ASCII.GetBytes(signed), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false; // no point of the curve
        }
    }

    /// <summary>What others verify our tokens with.</summary>
    public async Task<IReadOnlyList<Jwk>> Published(CancellationToken ct) => await database.Statement(ListSql).Rows(
        r => new Jwk("EC", "P-256", Base64Url.EncodeToString(r.GetFieldValue<byte[]>(1)), Base64Url.EncodeToString(r.GetFieldValue<byte[]>(2)), "sig", AccessTokens.Algorithm, r.GetString(0)), ct);

    /// <summary>RFC 7638: the same key has the same id everywhere.</summary>
    public static string Thumbprint(ECPoint q) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
        $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""")));

    public void Dispose()
    {
        _own?.Dispose();
        _turn.Dispose();
    }

    private async Task MakeOwn(CancellationToken ct)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        var kid = Thumbprint(q);
        var keep = SignFor + TimeSpan.FromMinutes(options.AccessMinutes) + TimeSpan.FromMinutes(5);
        await database.Statement(PublishSql, ("kid", kid), ("x", q.X), ("y", q.Y), ("keep", keep)).Run(ct);
        _own?.Dispose();
        (_own, _ownKid, _signUntil) = (key, kid, DateTimeOffset.UtcNow + SignFor);
    }

    private async Task<ECPoint?> Find(string kid, CancellationToken ct)
    {
        if (!_known.TryGetValue(kid, out var known) || known.Until <= DateTimeOffset.UtcNow)
        {
            var found = await database.Statement(FindSql, ("kid", kid)).Rows(
                r => new Known(r.GetFieldValue<byte[]>(0), r.GetFieldValue<byte[]>(1), r.GetFieldValue<DateTimeOffset>(2)), ct);
            if (found is [])
            {
                _known.TryRemove(kid, out _);
                return null;
            }

            _known[kid] = known = found[0];
        }

        return known is { X.Length: Coordinate, Y.Length: Coordinate } ? new ECPoint { X = known.X, Y = known.Y } : null;
    }

    private sealed record Known(byte[] X, byte[] Y, DateTimeOffset Until);
}
