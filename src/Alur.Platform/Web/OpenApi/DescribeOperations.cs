using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Alur.Platform.Web.OpenApi;

/// <summary>Says of every operation what it is for, who may call it, and how it can refuse.</summary>
internal sealed partial class DescribeOperations(XmlComments comments) : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (metadata, path) = (context.Description.ActionDescriptor.EndpointMetadata, context.Description.RelativePath!);
        var open = metadata.OfType<IAllowAnonymous>().Any();
        operation.OperationId = $"{context.Description.HttpMethod!.ToLowerInvariant()}_{NoWord().Replace(path, "_").Trim('_')}";
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf(path), context.Document) };
        operation.Summary ??= metadata.OfType<MethodInfo>().Select(SummaryOf).FirstOrDefault();
        operation.Description ??= open ? "Open to everybody." : $"For {Who([.. metadata.OfType<IAuthorizeData>().Select(a => a.Policy).OfType<string>()])}.";
        operation.Security = open ? [] : [.. DescribeRefusals.Schemes.Select(scheme => new OpenApiSecurityRequirement { [new(scheme, context.Document)] = [] })];
        var takesKeys = metadata.OfType<TakesIdempotencyKey>().Any();
        if (takesKeys) (operation.Parameters ??= []).Add(Header(IdempotencySetup.Header, "16 to 200 characters. Sent again with the same key, the request is done once and answered as the first time, for a day."));
        var takesVersions = metadata.OfType<TakesIfMatch>().Any();
        if (takesVersions) (operation.Parameters ??= []).Add(Header(HeaderNames.IfMatch, "The ETag of what was read: refused as STALE if it was changed since."));
        var limited = !metadata.OfType<DisableRateLimitingAttribute>().Any();
        foreach (var status in Refusals(operation, open, limited, takesKeys, takesVersions, context.Description.HttpMethod == "POST").Select(s => s.ToString(CultureInfo.InvariantCulture)))
        {
            (operation.Responses ??= []).TryAdd(status, new OpenApiResponseReference($"refused-{status}", context.Document));
        }

        return Task.CompletedTask;
    }

    /// <summary>The part of the interface that an address belongs to.</summary>
    public static string TagOf(string path) => path.Split('/') is ["api", var part, ..] ? part : path.Split('/')[0].TrimStart('.');

    private static IEnumerable<int> Refusals(OpenApiOperation operation, bool open, bool limited, bool takesKeys, bool takesVersions, bool changes)
    {
        var body = operation.RequestBody is not null;
        return new (int Status, bool May)[]
        {
            (400, true), (401, !open || body), (403, !open || body), (404, body || operation.Parameters is { Count: > 0 }), (409, changes), (413, body), (415, body),
            (412, takesVersions), (422, takesKeys), (429, limited), (500, true), (503, true),
        }.Where(s => s.May).Select(s => s.Status);
    }

    private static string Who(string[] policies) => policies switch
    {
        [] => "everybody known",
        [Identity.Policies.Client] => "people with an account",
        [Identity.Policies.Admin] => "administrators",
        _ => $"{string.Join(" with ", policies.Select(policy => $"`{policy}`"))}, and administrators",
    };

    // A slice is described by its type, a route beside others by its method.
    private string? SummaryOf(MethodInfo handler) => comments.Summary(handler) ?? (handler.Name == "Handle" ? comments.Summary(handler.DeclaringType!) : null);

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NoWord();
}
