using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>
/// Gives every failure the one form: exceptions that reach it, and bare status codes that the framework set on its own
/// (no such route, wrong method, wrong content type).
/// </summary>
internal sealed partial class FailureForm(RequestDelegate next, UnavailableLog unavailable, ILogger<FailureForm> log)
{
    /// <summary>What is refused here and not by any <c>Error</c>, by status.</summary>
    internal static IReadOnlyList<(int Status, string Code)> Codes { get; } =
    [
        (400, "BAD_REQUEST"), (400, "BODY_REQUIRED"), (400, "INVALID_PARAMETER"), (400, "MALFORMED_JSON"), (400, "UNKNOWN_FIELD"), (400, "VALIDATION_FAILED"),
        (400, "REQUEST_REFUSED"), (404, "ROUTE_NOT_FOUND"), (405, "METHOD_NOT_ALLOWED"), (413, "PAYLOAD_TOO_LARGE"), (415, "UNSUPPORTED_MEDIA_TYPE"),
        (500, "INTERNAL_ERROR"), (503, "DATABASE_UNAVAILABLE"),
    ];

    /// <summary>What the client sees in its log when the caller hung up; nobody reads the answer.</summary>
    private const int ClientClosedRequest = 499;

    private const string Away = "The database cannot be reached at the moment; try again soon.";

    public async Task InvokeAsync(HttpContext context)
    {
        // The server starts one only where somebody logs or traces; a trace id is promised in any case.
        using var activity = Activity.Current is null ? new Activity("request").Start() : null;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            context.Response.ContentType = null;
            context.Response.ContentLength = null;
            await ProblemOf(e, context).ExecuteAsync(context);
            return;
        }

        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
        {
            await BareStatus(context).ExecuteAsync(context);
        }
    }

    private Problem ProblemOf(Exception e, HttpContext context)
    {
        switch (e)
        {
            case BadHttpRequestException { InnerException: JsonException json }:
                return OfJson(json);
            case BadHttpRequestException bad:
                return OfBadRequest(bad, context);
            case NpgsqlException database when WhyUnavailable(database) is { } why:
                unavailable.Tell(Address(context), why, e);
                return new Problem(503, "DATABASE_UNAVAILABLE", why);
            default:
                Unexpected(log, Address(context), e);
                return new Problem(500, "INTERNAL_ERROR", "Something went wrong here. The trace id finds it in the server's log.");
        }
    }

    // Paths hold one-time links and e-mail addresses, and logs are kept; the route says where it was.
    private static string Address(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path;

    private static Problem OfJson(JsonException e)
    {
        var field = FieldOf(e.Path);
        return e switch
        {
            InvalidTextException => Problem.From(new InvalidText(field)),
            _ when UnmappedMember().Match(e.Message) is { Success: true } unknown =>
                OneField(400, "UNKNOWN_FIELD", unknown.Groups["name"].Value, "There is no such field in this request."),
            _ when field.Length == 0 => new Problem(400, "MALFORMED_JSON", "The request body is not the JSON that is expected here."),
            _ => OneField(400, "MALFORMED_JSON", field, "This is not a value that the field takes, or not JSON."),
        };
    }

    private static Problem OfBadRequest(BadHttpRequestException e, HttpContext context)
    {
        if (e.StatusCode != StatusCodes.Status400BadRequest)
        {
            context.Response.StatusCode = e.StatusCode;
            return BareStatus(context);
        }

        if (MissingBody().IsMatch(e.Message))
        {
            return new Problem(400, "BODY_REQUIRED", "This request needs a JSON body.");
        }

        return UnboundParameter().Match(e.Message) is { Success: true } unbound
            ? OneField(400, "INVALID_PARAMETER", WireName(context, unbound.Groups["name"].Value), $"This is not {Form(unbound.Groups["type"].Value)}.")
            : new Problem(400, "BAD_REQUEST", "The request cannot be understood.");
    }

    // The type as the framework writes it: DateOnly, Nullable<int>, int?
    private static string Form(string type) => type switch
    {
        _ when type.Contains("DateOnly", StringComparison.Ordinal) => "a day such as 2026-01-20",
        _ when type.Contains("DateTimeOffset", StringComparison.Ordinal) => "a moment such as 2026-01-20T08:00:00Z",
        _ when type.Contains("Guid", StringComparison.Ordinal) => "an id such as 0191a6b2-5c3d-7e8f-9a0b-1c2d3e4f5a6b",
        _ when type.Contains("int", StringComparison.OrdinalIgnoreCase) || type.Contains("long", StringComparison.Ordinal) => "a whole number",
        _ => "a value that the parameter takes",
    };

    private static Problem BareStatus(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var (code, detail) = status switch
        {
            400 => ("BAD_REQUEST", "The request cannot be understood."),
            404 => ("ROUTE_NOT_FOUND", "There is nothing at this address. Slashes inside a visit_id are written %2F."),
            405 => ("METHOD_NOT_ALLOWED", $"This address takes {context.Response.Headers.Allow}."),
            413 => ("PAYLOAD_TOO_LARGE", $"The request body is larger than {MaxBody(context)} bytes."),
            415 => ("UNSUPPORTED_MEDIA_TYPE", "Send the body as 'Content-Type: application/json', in UTF-8."),
            _ => (status < 500 ? "REQUEST_REFUSED" : "INTERNAL_ERROR", "The request could not be served."),
        };
        return new Problem(status, code, detail);
    }

    private static long? MaxBody(HttpContext context) => context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    private static Problem OneField(int status, string code, string field, string sentence) =>
        new(status, code, sentence, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [sentence] });

    /// <summary><c>$.filter.visit_id</c> → <c>filter.visit_id</c>.</summary>
    private static string FieldOf(string? path) => path is null ? "" : path.TrimStart('$').TrimStart('.');

    private static string WireName(HttpContext context, string parameter) =>
        context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .FirstOrDefault(p => p.Name == parameter) is { } found
            ? QueryParameters.WireName(found)
            : parameter;

    /// <summary>
    /// Nobody answered, the server is going down or coming up, is full, takes no writes, gave the query up for others, does not let us in or lacks our
    /// database: not a fault of the request, and mended without it. Null: it is none of these.
    /// </summary>
    private static string? WhyUnavailable(NpgsqlException e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The disk of the database is full, so nothing was kept. Whoever runs the server frees some room.",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "The database takes no changes at the moment; try again soon.",
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } =>
            "Others were changing the same at that moment, so nothing was kept; try again.",
        PostgresException postgres when postgres.SqlState[..2] is not ("08" or "28" or "3D" or "53" or "57") => null,
        PostgresException => Away,
        _ => e.IsTransient ? Away : null,
    };

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex UnmappedMember();

    [GeneratedRegex("no body was provided|was not provided from body", RegexOptions.None, 1000)]
    private static partial Regex MissingBody();

    [GeneratedRegex("parameter \"(?<type>[^\"]*) (?<name>[^ \"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnboundParameter();

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected failure of a request for {Route}")]
    private static partial void Unexpected(ILogger log, string route, Exception e);
}
