using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Web;

/// <summary>The form of every failure: RFC 9457 <c>application/problem+json</c> with <c>success</c>, <c>code</c>, <c>errors</c> and <c>traceId</c>.</summary>
/// <param name="Type"><c>about:blank</c>: programs tell problems apart by <paramref name="Code"/>.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">One sentence for people; it may change.</param>
/// <param name="Success">Always false.</param>
/// <param name="Code">For programs; never changes once published.</param>
/// <param name="Errors">Sentences by request field; absent when no field is at fault.</param>
/// <param name="TraceId">Finds this request in the server's log.</param>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    bool Success,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors,
    [property: JsonPropertyName("traceId")] string TraceId); // published before names were snake_case

/// <summary>A failure on its way out.</summary>
public sealed class Problem(int status, string code, string detail, IReadOnlyDictionary<string, string[]>? errors = null, int? retryAfter = null) : IResult
{
    /// <summary>Seconds a caller should wait before it tries again when something we need is down.</summary>
    private const int RetryAfterSeconds = 5;

    /// <summary>The one place where a refusal gets its HTTP status.</summary>
    public static int StatusOf(Error error) => error switch
    {
        Invalid => StatusCodes.Status400BadRequest,
        Unauthenticated => StatusCodes.Status401Unauthorized,
        Forbidden => StatusCodes.Status403Forbidden,
        NotFound => StatusCodes.Status404NotFound,
        Conflict => StatusCodes.Status409Conflict,
        PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        Unprocessable => StatusCodes.Status422UnprocessableEntity,
        TooMany => StatusCodes.Status429TooManyRequests,
        Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new UnreachableException($"{error.GetType().Name} belongs to no category of errors."),
    };

    /// <summary>A refusal in the form of failures.</summary>
    public static Problem From(Error error) => new(StatusOf(error), error.Code, error.Message, FieldErrors(error), (error as TooMany)?.RetryAfterSeconds);

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        if (retryAfter is not null || status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = (retryAfter ?? RetryAfterSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (PagesForPeople.IsPage(httpContext))
        {
            return PagesForPeople.Fail(httpContext, new Failure(status, code, detail, errors, TraceIdOf(httpContext)));
        }

        var body = new ProblemBody(
            "about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, Success: false, code, errors, TraceIdOf(httpContext));
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return response.WriteAsJsonAsync(body, json, "application/problem+json", httpContext.RequestAborted);
    }

    private static string TraceIdOf(HttpContext context) =>
        Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static Dictionary<string, string[]>? FieldErrors(Error error) =>
        error.Field is null ? null : new(StringComparer.Ordinal) { [error.Field] = [error.Message] };
}
