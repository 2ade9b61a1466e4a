using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

/// <summary>The classic ways to get past the check of a JWT. The forger knows everything but a private key.</summary>
[Trait("Spec", "D-485")]
public sealed class AccessTokenTests(AccountDesk desk) : IClassFixture<AccountDesk>, IDisposable
{
    private const string KeySql = "insert into identity.signing_keys (kid, x, y, verify_until) values (@kid, @x, @y, now() + @keep)";
    private const string LateSql = "update identity.signing_keys set created_at = now() - interval '2 days', verify_until = now() - interval '1 second' where kid = @kid";

    private readonly SigningKeys _keys = new(desk.Database, desk.Options);
    private readonly ECDsa _forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private AccessTokens Tokens => new(_keys, desk.Options);

    public void Dispose()
    {
        _keys.Dispose();
        _forger.Dispose();
    }

    [Fact]
    public async Task What_was_issued_is_verified_by_this_process_and_by_another()
    {
        var token = await Issue();

        Assert.NotNull(await Tokens.Verify(token, default));
        using var others = new SigningKeys(desk.Database, desk.Options);
        Assert.NotNull(await new AccessTokens(others, desk.Options).Verify(token, default));
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt","kid":"KID"}""")]
    [InlineData("""{"alg":"None","typ":"at+jwt","kid":"KID"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","kid":"KID"}""")]
    [InlineData("""{"alg":"ES384","typ":"at+jwt","kid":"KID"}""")]
    [InlineData("""{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"KID"}""")]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"KID"}""")]
    [InlineData("""{"alg":"ES256","kid":"KID"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":""}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"KID","crit":["exp"]}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"KID","b64":false}""")]
    [InlineData("""["ES256"]""")]
    [InlineData("nonsense")]
    public async Task Another_header_is_refused_with_and_without_the_true_signature(string header)
    {
        var parts = (await Issue()).Split('.');
        var kid = (string)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"]!;
        var other = Encode(header.Replace("KID", kid, StringComparison.Ordinal));
        var (signed, signature) = await _keys.Sign(_ => $"{other}.{parts[1]}", default);

        Assert.Null(await Tokens.Verify($"{other}.{parts[1]}.{parts[2]}", default));
        Assert.Null(await Tokens.Verify($"{other}.{parts[1]}.", default));
        Assert.Null(await Tokens.Verify($"{signed}.{Base64Url.EncodeToString(signature)}", default));
    }

    [Fact]
    public async Task A_signature_made_with_the_public_key_as_a_secret_is_refused()
    {
        var parts = (await Issue()).Split('.');
        var keys = await _keys.Published(default);
        var header = Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{keys[^1].Kid}}"}""");
        foreach (var secret in keys.SelectMany(key => new[] { key.X + key.Y, JsonSerializer.Serialize(key) }))
        {
            var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{header}.{parts[1]}"));
            Assert.Null(await Tokens.Verify($"{header}.{parts[1]}.{Base64Url.EncodeToString(mac)}", default));
        }
    }

    [Fact]
    public async Task A_key_that_the_token_brings_along_is_not_used()
    {
        var parts = (await Issue()).Split('.');
        var q = _forger.ExportParameters(includePrivateParameters: false).Q;
        var own = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""";
        foreach (var more in new[] { $"\"jwk\":{own}", "\"jku\":\"https://evil.example/keys\"", "\"x5u\":\"https://evil.example/cert\"" })
        {
            Assert.Null(await Tokens.Verify(Forge($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{SigningKeys.Thumbprint(q)}}",{{more}}}""", parts[1]), default));
        }

        Assert.Null(await Tokens.Verify(Forge($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{SigningKeys.Thumbprint(q)}}"}""", parts[1]), default));
    }

    [Fact]
    public async Task A_true_key_id_under_another_ones_signature_is_refused()
    {
        var parts = (await Issue()).Split('.');

        Assert.Null(await Tokens.Verify(Forge(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])), parts[1]), default));
    }

    [Fact]
    public async Task Every_edited_payload_is_refused()
    {
        var parts = (await Issue()).Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        claims["role"] = "admin";
        claims["sub"] = Guid.NewGuid();

        Assert.Null(await Tokens.Verify($"{parts[0]}.{Encode(claims.ToJsonString())}.{parts[2]}", default));
    }

    [Fact]
    public async Task Every_single_changed_character_is_refused()
    {
        var token = await Issue();
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            Assert.True(await Tokens.Verify(changed, default) is null, $"character {at} of {token}");
        }
    }

    [Theory]
    [InlineData("exp", -1)]
    [InlineData("exp", 0)]
    [InlineData("nbf", 120)]
    public async Task What_has_run_out_or_is_not_yet_good_is_refused(string claim, int seconds) =>
        Assert.Null(await Signed(claims => claims[claim] = DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds()));

    [Theory]
    [InlineData("iss", "\"somebody\"")]
    [InlineData("aud", "\"another-api\"")]
    [InlineData("aud", "[\"alur-api\"]")]
    [InlineData("sub", "\"1\"")]
    [InlineData("sid", "null")]
    [InlineData("exp", "\"9999999999\"")]
    [InlineData("exp", "9999999999999999")]
    [InlineData("exp", "1e999")]
    [InlineData("exp", "-5")]
    public async Task Other_claims_are_refused_even_under_a_true_signature(string claim, string value) => Assert.Null(await Signed(claims => claims[claim] = JsonNode.Parse(value)));

    [Fact]
    public async Task Half_of_a_character_in_a_claim_is_refused()
    {
        var parts = (await Issue()).Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"alur\"", "\"\\ud83d\"", StringComparison.Ordinal);
        var (signed, signature) = await _keys.Sign(_ => $"{parts[0]}.{Encode(payload)}", default);

        Assert.Contains("ud83d", payload, StringComparison.Ordinal);
        Assert.Null(await Tokens.Verify($"{signed}.{Base64Url.EncodeToString(signature)}", default));
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("sub")]
    [InlineData("sid")]
    public async Task A_claim_that_is_missing_is_refused(string claim) => Assert.Null(await Signed(claims => claims.Remove(claim)));

    [Fact]
    public async Task The_same_bytes_in_another_spelling_are_refused()
    {
        var token = await Issue();

        Assert.All([token + "=", token + "==", $" {token}", token + "\n", token.Replace('.', ' '), token + ".", "." + token, token + new string('A', 5000), "..", ""],
            other => Assert.Null(Tokens.Verify(other, default).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task A_signature_of_zeros_or_in_the_form_of_der_is_refused()
    {
        var parts = (await Issue()).Split('.');
        var der = _forger.SignData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Null(await Tokens.Verify($"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}", default));
        Assert.Null(await Tokens.Verify($"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(der)}", default));
    }

    [Fact]
    public async Task A_key_is_good_until_its_last_token_has_run_out_and_no_longer()
    {
        var q = _forger.ExportParameters(includePrivateParameters: false).Q;
        var kid = SigningKeys.Thumbprint(q);
        var payload = (await Issue()).Split('.')[1];
        var token = Forge($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", payload);
        Assert.Null(await Tokens.Verify(token, default));

        await desk.Do(KeySql, ("kid", kid), ("x", q.X), ("y", q.Y), ("keep", TimeSpan.FromMinutes(1)));
        using (var node = new SigningKeys(desk.Database, desk.Options))
        {
            Assert.NotNull(await new AccessTokens(node, desk.Options).Verify(token, default));
        }

        await desk.Do(LateSql, ("kid", kid));
        using var later = new SigningKeys(desk.Database, desk.Options);
        Assert.Null(await new AccessTokens(later, desk.Options).Verify(token, default));
        Assert.DoesNotContain(await later.Published(default), key => key.Kid == kid);
    }

    private async Task<string> Issue() => await Tokens.Issue(new SignedInUser(Guid.NewGuid(), Guid.NewGuid(), "a@rs.id", "A", "client", []), default);

    // With the true key: only what it says is wrong.
    private async Task<TokenClaims?> Signed(Action<JsonObject> change)
    {
        var parts = (await Issue()).Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        change(claims);
        var (signed, signature) = await _keys.Sign(_ => $"{parts[0]}.{Encode(claims.ToJsonString())}", default);
        return await Tokens.Verify($"{signed}.{Base64Url.EncodeToString(signature)}", default);
    }

    private string Forge(string header, string payload)
    {
        var signed = $"{Encode(header)}.{payload}";
        return $"{signed}.{Base64Url.EncodeToString(_forger.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
