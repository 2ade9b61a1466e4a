using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Alur.Platform.Web;

/// <summary>What the framework's validation found, in the one form of failures, by the names that the caller wrote.</summary>
internal sealed class ValidationProblems : IProblemDetailsService
{
    public ValueTask WriteAsync(ProblemDetailsContext context) => new(Write(context));

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        await Write(context);
        return true;
    }

    private static Task Write(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        if (context.ProblemDetails is not HttpValidationProblemDetails { Errors: var errors })
        {
            var status = context.ProblemDetails.Status ?? StatusCodes.Status500InternalServerError;
            return new Problem(status, "REQUEST_REFUSED", "The request could not be served.").ExecuteAsync(http);
        }

        var byField = errors.ToDictionary(e => WireName(http, e.Key), e => Reworded(e.Value, e.Key, WireName(http, e.Key)), StringComparer.Ordinal);
        return new Problem(
            StatusCodes.Status400BadRequest,
            "VALIDATION_FAILED",
            $"Not valid: {string.Join(", ", byField.Keys.Order(StringComparer.Ordinal))}.",
            byField).ExecuteAsync(http);
    }

    // The framework's own sentences name what they are about as the program does: "The UpTo field is required.", "The field UpTo must be ...".
    private static string[] Reworded(string[] messages, string key, string wire)
    {
        var (inside, outside) = (Last(key), Last(wire));
        return [.. messages.Select(message => message
            .Replace($"The {inside} field", $"The {outside} field", StringComparison.Ordinal)
            .Replace($"The field {inside} ", $"The field {outside} ", StringComparison.Ordinal))];
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string WireName(HttpContext http, string key)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        if (metadata?.GetOrderedMetadata<IParameterBindingMetadata>().FirstOrDefault(p => p.Name == key) is { } parameter)
        {
            return QueryParameters.WireName(parameter);
        }

        var property = metadata?.GetMetadata<IAcceptsMetadata>()?.RequestType?.GetProperty(key);
        return property?.GetCustomAttributes(inherit: false).OfType<JsonPropertyNameAttribute>().FirstOrDefault()?.Name
            ?? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
    }
}
