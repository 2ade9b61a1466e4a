using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Alur.Platform.Tests.Web;

/// <summary>Whatever goes wrong, callers see one form. The endpoints are the test's own.</summary>
public sealed class FailureFormTests(FailureFormTests.Edge edge) : IClassFixture<FailureFormTests.Edge>
{
    private readonly HttpClient _client = edge.App.AsApiCaller();

    [Theory]
    [InlineData("invalid", HttpStatusCode.BadRequest), InlineData("unauthenticated", HttpStatusCode.Unauthorized)]
    [InlineData("forbidden", HttpStatusCode.Forbidden), InlineData("not-found", HttpStatusCode.NotFound)]
    [InlineData("conflict", HttpStatusCode.Conflict), InlineData("unavailable", HttpStatusCode.ServiceUnavailable)]
    public async Task A_refusal_gets_the_status_of_its_category(string category, HttpStatusCode status)
    {
        var problem = await Refusal.Of(_client.GetAsync($"/test/refuse?category={category}"), status, "TEST_CODE", "field");

        Assert.Equal("A sentence.", (string?)problem["detail"]);
    }

    [Fact]
    public async Task A_success_has_the_envelope_and_times_in_utc()
    {
        var envelope = await edge.App.Get("/test/moment");

        Assert.True((bool)envelope["success"]!);
        Assert.Equal("2026-01-20T01:00:00Z", (string?)envelope["data"]!["whole"]);
        Assert.Equal("2026-01-20T01:00:00.25Z", (string?)envelope["data"]!["part"]);
        Assert.Equal("Dokter Ümit <b>", (string?)envelope["data"]!["text"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", (string)envelope["meta"]!["timestamp"]!);
        Assert.Equal(["success", "data", "meta"], envelope.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task An_unhandled_exception_shows_nothing_of_itself()
    {
        var problem = await Refusal.Of(_client.GetAsync("/test/throw"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");

        Assert.DoesNotContain("secret", problem.ToJsonString());
    }

    [Fact]
    public async Task A_database_that_is_away_is_not_the_callers_fault()
    {
        using var answer = await _client.GetAsync("/test/database-away");

        await Refusal.Of(Task.FromResult(answer), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("role")]
    [InlineData("database")]
    public async Task A_database_that_is_missing_or_refuses_our_role_is_not_the_callers_fault(string wrong)
    {
        using var answer = await _client.GetAsync($"/test/database-refused?wrong={wrong}");

        await Refusal.Of(Task.FromResult(answer), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("53100", "disk")]
    [InlineData("25006", "no changes")]
    [InlineData("40P01", "try again")]
    [InlineData("55P03", "try again")]
    [InlineData("40001", "try again")]
    [InlineData("57014", "try again soon")]
    public async Task A_database_that_cannot_at_the_moment_says_what_to_do_and_keeps_nothing(string state, string words)
    {
        var problem = await Refusal.Of(_client.GetAsync($"/test/database-raises?state={state}"), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");

        Assert.Contains(words, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public Task A_mistake_of_ours_in_a_statement_is_not_called_an_absence() =>
        Refusal.Of(_client.GetAsync("/test/database-raises?state=42601"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");

    [Fact]
    public Task An_unknown_address_is_told_in_the_same_form() =>
        Refusal.Of(_client.GetAsync("/api/nothing/here"), HttpStatusCode.NotFound, "ROUTE_NOT_FOUND");

    [Fact]
    public async Task A_wrong_method_names_the_right_ones()
    {
        var problem = await Refusal.Of(_client.DeleteAsync("/test/moment"), HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");

        Assert.Contains("GET", (string?)problem["detail"]);
    }

    [Theory]
    [InlineData("{", "MALFORMED_JSON", null)]
    [InlineData("[]", "MALFORMED_JSON", null)]
    [InlineData("""{"count":"seven"}""", "MALFORMED_JSON", "count")]
    [InlineData("""{"count":"7"}""", "MALFORMED_JSON", "count")]
    [InlineData("""{"counts":7}""", "UNKNOWN_FIELD", "counts")]
    [InlineData("""{"count":7,"count":8}""", "MALFORMED_JSON", "count")]
    [InlineData("""{"free_text":"a\u0000b"}""", "INVALID_TEXT", "free_text")]
    [InlineData("""{"free_text":"a\ud800b"}""", "INVALID_TEXT", "free_text")]
    [InlineData("""{"nested":{"free_text":"\udc00"}}""", "INVALID_TEXT", "nested.free_text")]
    [InlineData("""{"nested":7}""", "MALFORMED_JSON", "nested")]
    [InlineData("", "BODY_REQUIRED", null)]
    public Task A_body_that_cannot_be_read_is_told_by_field(string body, string code, string? field) =>
        Refusal.Of(Post(body), HttpStatusCode.BadRequest, code, field);

    [Fact]
    public Task A_body_that_is_not_there_at_all_is_asked_for() =>
        Refusal.Of(_client.PostAsync("/test/echo", content: null), HttpStatusCode.BadRequest, "BODY_REQUIRED");

    [Fact]
    public async Task A_pair_of_surrogates_and_every_other_text_goes_through()
    {
        using var answer = await Post("""{"free_text":"\ud83d\ude00 ü"}""");

        Assert.Equal("😀 ü", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!["free_text"]);
    }

    [Fact]
    public Task A_body_of_another_type_is_refused() => Refusal.Of(
        _client.PostAsync("/test/echo", new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded")),
        HttpStatusCode.UnsupportedMediaType,
        "UNSUPPORTED_MEDIA_TYPE");

    [Theory]
    [InlineData("application/json; charset=nonsense"), InlineData("application/json; charset=utf-16"), InlineData("application/json; charset=\"\"")]
    public Task A_body_of_another_encoding_is_refused(string type)
    {
        var body = new StringContent("{}");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        return Refusal.Of(_client.PostAsync("/test/echo", body), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public Task A_body_that_is_too_large_is_refused() => Refusal.Of(
        Post($$"""{"free_text":"{{new string('x', 2_000_000)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");

    [Theory]
    [InlineData("categori=invalid", "UNKNOWN_PARAMETER", "categori")]
    [InlineData("category=", "EMPTY_PARAMETER", "category")]
    [InlineData("category=a&category=b", "REPEATED_PARAMETER", "category")]
    [InlineData("category=a%00b", "INVALID_TEXT", "category")]
    [InlineData("how_many=x", "INVALID_PARAMETER", "how_many")]
    [InlineData("day=2026-13-40", "INVALID_PARAMETER", "day")]
    public Task A_query_that_was_not_meant_so_is_refused(string query, string code, string field) =>
        Refusal.Of(_client.GetAsync($"/test/refuse?{query}"), HttpStatusCode.BadRequest, code, field);

    [Theory]
    [InlineData("how_many=x", "how_many", "This is not a whole number.")]
    [InlineData("day=20-01-2026", "day", "This is not a day such as 2026-01-20.")]
    public async Task A_value_of_another_form_is_told_which_form_is_meant(string query, string field, string detail)
    {
        var problem = await Refusal.Of(_client.GetAsync($"/test/refuse?{query}"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", field);

        Assert.Equal(detail, (string?)problem["detail"]);
    }

    [Fact]
    public Task A_route_that_takes_no_parameters_refuses_any() =>
        Refusal.Of(_client.GetAsync("/test/moment?x=1"), HttpStatusCode.BadRequest, "UNKNOWN_PARAMETER", "x");

    private Task<HttpResponseMessage> Post(string body) =>
        _client.PostAsync("/test/echo", new StringContent(body, Encoding.UTF8, "application/json"));

    public sealed record Echoed(
        [property: JsonPropertyName("count")] int Count, [property: JsonPropertyName("free_text")] string? FreeText, [property: JsonPropertyName("nested")] Echoed? Nested);

    public sealed record Moment(DateTimeOffset Whole, DateTimeOffset Part, string Text);

    public sealed class Edge : IAsyncLifetime
    {
        public AlurApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await AlurApp.Start(map: Map);

        public ValueTask DisposeAsync() => App.DisposeAsync();

        private static void Map(WebApplication app)
        {
            app.MapGet("/test/refuse", Refuse);
            app.MapGet("/test/moment", Now);
            app.MapGet("/test/throw", string () => throw new InvalidOperationException("secret"));
            app.MapGet("/test/database-away", AskNobody);
            app.MapGet("/test/database-refused", ([FromQuery] string wrong, [FromServices] IConfiguration configuration, CancellationToken ct) =>
                AskRefused(wrong, configuration.GetConnectionString("Alur")!, ct));
            app.MapGet("/test/database-raises", async Task<Answer<int>> ([FromQuery] string state, [FromServices] NpgsqlDataSource database, CancellationToken ct) =>
                await database.Statement($"do 'begin raise exception ''no'' using errcode = ''{state}''; end'").Run(ct));
            app.MapPost("/test/echo", Answer<Echoed> (Echoed body) => body);
        }

        private static Answer<Moment> Now()
        {
            var eight = new DateTimeOffset(2026, 1, 20, 8, 0, 0, TimeSpan.FromHours(7));
            return new Moment(eight, eight.AddMilliseconds(250), "Dokter Ümit <b>");
        }

        private static Answer<string> Refuse(
            [FromQuery] string category = "invalid", [FromQuery(Name = "how_many")] int count = 0, [FromQuery] DateOnly? day = null) => category switch
        {
            "invalid" => new Invalid("TEST_CODE", "A sentence.", "field"),
            "unauthenticated" => new Unauthenticated("TEST_CODE", "A sentence.", "field"),
            "forbidden" => new Forbidden("TEST_CODE", "A sentence.", "field"),
            "not-found" => new NotFound("TEST_CODE", "A sentence.", "field"),
            "conflict" => new Conflict("TEST_CODE", "A sentence.", "field"),
            "unavailable" => new Unavailable("TEST_CODE", "A sentence.", "field"),
            _ => $"{count} {day}",
        };

        private static async Task<Answer<int>> AskNobody(CancellationToken ct)
        {
            await using var away = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={ClosedPort()};Username=nobody;Timeout=2");
            await using var connection = await away.OpenConnectionAsync(ct);
            return 1;
        }

        private static async Task<Answer<int>> AskRefused(string wrong, string connectionString, CancellationToken ct)
        {
            var refused = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Password = "not the password" };
            if (wrong == "role") refused.Username = "alur_nobody";
            if (wrong == "database") refused = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Database = "alur_gone" };
            await using var away = NpgsqlDataSource.Create(refused);
            await using var connection = await away.OpenConnectionAsync(ct);
            return 1;
        }

        private static int ClosedPort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
    }
}
