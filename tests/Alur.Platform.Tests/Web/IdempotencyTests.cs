using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Web.Idempotency;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Web;

/// <summary>Requests that are sent again. The endpoints under /test are the test's own: they count what they do, and can be held up or broken.</summary>
[Trait("Spec", "X-010")]
public sealed class IdempotencyTests(CountedWork counting) : IClassFixture<CountedWork>
{
    private const string MakeExpired = "update platform.idempotency_keys set expires_at = now() - interval '1 second'";
    private const string MakeAbandoned = "update platform.idempotency_keys set running_until = now() - interval '1 second' where status is null";
    private const string RowsSql = "select count(*)::int from platform.idempotency_keys where expires_at < now()";
    private const string UsersSql = "select count(*)::int from identity.users where email = @email";
    private const string DumpSql = "select k::text from platform.idempotency_keys k";

    private readonly AlurApp _app = counting.App;

    [Theory, InlineData("loose"), InlineData("exact")]
    public async Task A_request_that_is_sent_again_is_done_once_and_answered_as_the_first_time(string kind)
    {
        var key = NewKey();
        using var first = await Send(kind, key, "a");
        using var again = await Send(kind, key, "a");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal((int)(await Data(first))["done"]!, (int)(await Data(again))["done"]!);
        Assert.Equal(1, counting.Of("a" + key));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Without_a_key_it_is_done_as_often_as_it_is_sent()
    {
        var what = NewKey();
        for (var i = 0; i < 2; i++) await _app.AsAdmin().PostAsJsonAsync("/test/loose", new { what });

        Assert.Equal(2, counting.Of(what));
    }

    [Fact]
    [Trait("Spec", "B-127")]
    public async Task The_same_key_with_another_request_is_refused()
    {
        var key = NewKey();
        await Send("loose", key, "a");

        await Refusal.Of(Send("loose", key, "b"), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", "idempotency-key");
        await Refusal.Of(Send("exact", key, "a"), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
        await Refusal.Of(Send("loose?more=1", key, "a"), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task A_body_in_another_encoding_is_refused_in_words_with_a_key_too()
    {
        using var body = new StringContent("{}");
        body.Headers.Remove("Content-Type");
        Assert.True(body.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=nonsense"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/test/loose") { Content = body, Headers = { { "Idempotency-Key", NewKey() } } };

        await Refusal.Of(_app.AsAdmin().SendAsync(request), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task Two_callers_may_have_the_same_key()
    {
        var key = NewKey();
        await Send("loose", key, "a");
        using var other = await Send("loose", key, "a", await _app.AsUser(Policies.Client));

        Assert.False(other.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(2, counting.Of("a" + key));
    }

    [Fact]
    public async Task While_one_is_served_the_other_is_told_so()
    {
        var key = NewKey();
        var hold = counting.Hold("a" + key);
        var slow = Send("loose", key, "a");
        await hold.Entered;

        using var second = await Send("loose", key, "a");
        await Refusal.Of(Task.FromResult(second), HttpStatusCode.Conflict, "REQUEST_IS_RUNNING");
        Assert.Equal("1", second.Headers.RetryAfter?.ToString());
        hold.Release();

        Assert.Equal(HttpStatusCode.OK, (await slow).StatusCode);
        Assert.Equal("true", (await Send("loose", key, "a")).Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(1, counting.Of("a" + key));
    }

    [Fact]
    public async Task Twenty_at_the_same_moment_are_done_once()
    {
        var key = NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Send("exact", key, "a"))));

        Assert.Equal(1, counting.Of("a" + key));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
    }

    [Fact]
    [Trait("Spec", "B-128")]
    public async Task A_refusal_leaves_the_key_free()
    {
        var key = NewKey();
        await Refusal.Of(Send("loose", key, "refuse"), HttpStatusCode.Conflict, "TEST_CODE");
        await Refusal.Of(Send("loose", key, what: null), HttpStatusCode.BadRequest, "MALFORMED_JSON");

        Assert.Equal(HttpStatusCode.OK, (await Send("loose", key, "better")).StatusCode);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_finds_its_answer_later()
    {
        var key = NewKey();
        var hold = counting.Hold("a" + key);
        using var impatience = new CancellationTokenSource();
        var lost = Send("loose", key, "a", ct: impatience.Token);
        await hold.Entered;
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        hold.Release();

        await Eventually.True(async () => (await Send("loose", key, "a")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, counting.Of("a" + key));
    }

    [Fact]
    public async Task Where_nobody_knows_how_it_ended_that_is_said()
    {
        var key = NewKey();
        await Refusal.Of(Send("loose", key, "break"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");

        await Refusal.Of(Send("loose", key, "break"), HttpStatusCode.Conflict, "OUTCOME_UNKNOWN");
        Assert.Equal(1, counting.Of("break" + key));
    }

    [Fact]
    public async Task Where_the_answer_is_kept_with_the_change_a_failed_one_is_simply_done_again()
    {
        var key = NewKey();
        await Refusal.Of(Send("exact", key, "break"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
        await Refusal.Of(Send("exact", key, "break"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");

        Assert.Equal(2, counting.Of("break" + key));
    }

    [Fact]
    public async Task A_server_that_died_on_the_way_holds_no_exact_key_and_leaves_a_loose_one_unknown()
    {
        var (exact, loose) = (NewKey(), NewKey());
        var keys = _app.Services.GetRequiredService<IdempotencyKeys>();
        var (one, other) = (IdempotencyKey.Of("user:x", exact, "POST /x", []), IdempotencyKey.Of("user:x", loose, "POST /x", []));
        await keys.Claim(one, exact: true, default); // and nothing more
        await keys.Claim(other, exact: false, default);
        Assert.Equal(Found.Running, (await keys.Claim(IdempotencyKey.Of("user:x", exact, "POST /x", []), exact: true, default)).Found);
        await _app.Database.App.Statement(MakeAbandoned).Run(default);

        var again = IdempotencyKey.Of("user:x", exact, "POST /x", []);
        Assert.Equal(Found.Claimed, (await keys.Claim(again, exact: true, default)).Found);
        Assert.Equal(Found.Unknown, (await keys.Claim(IdempotencyKey.Of("user:x", loose, "POST /x", []), exact: false, default)).Found);

        // The first one was only slow: its change must not be committed any more.
        await using var connection = await _app.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => IdempotencyKeys.Answer(tx, one, new KeptAnswer(200, [1]), default));
        await IdempotencyKeys.Answer(tx, again, new KeptAnswer(200, [1]), default);
    }

    [Fact]
    public async Task After_a_day_a_key_is_forgotten()
    {
        var key = NewKey();
        await Send("loose", key, "a");
        await _app.Database.App.Statement(MakeExpired).Run(default);
        Assert.False((await Send("loose", key, "b")).Headers.Contains("Idempotency-Replayed"));
        await _app.Database.App.Statement(MakeExpired).Run(default);

        Assert.True(await _app.Services.GetRequiredService<IdempotencyKeys>().Forget(default) >= 1);
        Assert.Equal([0], await _app.Database.App.Statement(RowsSql).Rows(r => r.GetInt32(0), default));
    }

    [Fact]
    public async Task An_account_is_made_once_and_its_link_is_shown_again_to_whoever_has_the_key_and_stands_nowhere()
    {
        var (key, email) = (NewKey(), $"{Guid.NewGuid():N}@rs-contoh.id");
        async Task<string> Add()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/users") { Content = JsonContent.Create(new { email }) };
            request.Headers.Add("Idempotency-Key", key);
            return (string)(await Data(await _app.AsAdmin().SendAsync(request)))["path"]!;
        }

        var first = await Add();

        Assert.Equal(first, await Add());
        Assert.Equal([1], await _app.Database.App.Statement(UsersSql, ("email", email)).Rows(r => r.GetInt32(0), default));
        var dump = string.Concat(await _app.Database.App.Statement(DumpSql).Rows(r => r.GetString(0), default));
        foreach (var secret in (string[])[first["/setup/".Length..], key, email])
        {
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), dump, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("short"), InlineData("has a space in it, though long")]
    public async Task A_key_that_others_could_have_too_is_refused(string key) =>
        await Refusal.Of(Send("loose", key, "a"), HttpStatusCode.BadRequest, "IDEMPOTENCY_KEY_INVALID", "idempotency-key");

    [Fact]
    public async Task A_key_is_not_as_long_as_one_likes() =>
        await Refusal.Of(Send("loose", new string('x', 201), "a"), HttpStatusCode.BadRequest, "IDEMPOTENCY_KEY_INVALID");

    private static string NewKey() => Guid.NewGuid().ToString();

    private async Task<HttpResponseMessage> Send(string kind, string key, string? what, HttpClient? client = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/test/{kind}")
        {
            Content = new StringContent(what is null ? "{" : $$"""{"what":"{{what}}{{(what is "refuse" or "better" ? "" : key)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await (client ?? _app.AsAdmin()).SendAsync(request, ct);
    }

    private static async Task<JsonNode> Data(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
