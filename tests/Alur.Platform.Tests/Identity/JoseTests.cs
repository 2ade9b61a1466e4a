using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

/// <summary>Our access tokens beside those of an implementation that is not ours, over HTTP.</summary>
[Trait("Spec", "D-485")]
public sealed class JoseTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string PublishSql = "insert into identity.signing_keys (kid, x, y, verify_until) values (@kid, @x, @y, now() + interval '1 hour')";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Jose_verifies_our_token_with_the_keys_that_we_publish()
    {
        var token = (await _app.AsUser(Policies.Client, "front-office")).DefaultRequestHeaders.Authorization!.Parameter!;
        var keys = await _app.AsStranger().GetStringAsync("/.well-known/jwks.json");

        var answers = await Crosscheck.Run("jwt.mjs",
        [
            ["verify", token, keys, "alur", "alur-api"],
            ["verify", token, keys, "somebody", "alur-api"],
            ["verify", token, """{"keys":[]}""", "alur", "alur-api"],
            ["verify", token[..^4] + "AAAA", keys, "alur", "alur-api"],
            ["thumbprint", JsonNode.Parse(keys)!["keys"]!.AsArray()[^1]!.ToJsonString()],
        ]);

        var claims = JsonNode.Parse(answers[0]!)!;
        Assert.Equal(("client", "front-office"), ((string?)claims["role"], (string?)claims["grants"]![0]));
        Assert.All(answers.Skip(1).Take(3), Assert.Null);
        Assert.Equal((string?)JsonNode.Parse(keys)!["keys"]!.AsArray()[^1]!["kid"], answers[4]);
    }

    [Fact]
    public async Task A_token_that_jose_made_comes_in_when_its_key_is_ours_and_only_in_our_form()
    {
        var session = await _app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email = await _app.NewUser(Policies.Client), password = AlurApp.Password, session = "token" });
        var own = JsonNode.Parse(await session.Content.ReadAsStringAsync())!["data"]!["access_token"]!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(((string)own!).Split('.')[1]))!.AsObject();
        var other = claims.DeepClone().AsObject();
        other["sub"] = Guid.NewGuid().ToString();
        var late = claims.DeepClone().AsObject();
        late["exp"] = 1_000_000_000;

        var made = await Crosscheck.Run("jwt.mjs",
        [
            ["key"],
            ["sign", claims.ToJsonString(), """{"alg":"ES256","typ":"at+jwt"}"""],
            ["sign", claims.ToJsonString(), """{"alg":"ES256","typ":"JWT"}"""],
            ["sign", other.ToJsonString(), """{"alg":"ES256","typ":"at+jwt"}"""],
            ["sign", late.ToJsonString(), """{"alg":"ES256","typ":"at+jwt"}"""],
        ]);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(made[1]!)); // not published yet

        var key = JsonNode.Parse(made[0]!)!;
        await _app.Database.Owner.Statement(
            PublishSql, ("kid", (string?)key["kid"]), ("x", Base64Url.DecodeFromChars((string?)key["x"])), ("y", Base64Url.DecodeFromChars((string?)key["y"]))).Run(default);

        Assert.Equal(HttpStatusCode.OK, await Status(made[1]!));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(made[2]!));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(made[3]!));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(made[4]!));
    }

    private async Task<HttpStatusCode> Status(string token)
    {
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await client.GetAsync("/api/auth/me")).StatusCode;
    }
}
