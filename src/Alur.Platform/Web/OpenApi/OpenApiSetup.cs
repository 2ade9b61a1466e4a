using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Alur.Platform.Web.OpenApi;

/// <summary><c>/openapi.json</c> describes the HTTP interface to programs, <c>/docs</c> to people. Both are open: they hold no data and nothing of this installation.</summary>
public static class OpenApiSetup
{
    /// <summary>Where the description is.</summary>
    public const string Address = "/openapi.json";

    private const string Name = "v1";

    // What the page loads is all from here, but for pictures that are data: addresses in its style sheet; it writes styles on its elements.
    private const string DocsPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // Pages and what they are made of are for people; the description is of what programs call.
    private static readonly string[] Described = ["api/", ".well-known/", "health/", "metrics"];

    internal static IServiceCollection AddApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<XmlComments>().AddSingleton<ApiDescription>();
        return services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = address => Described.Any(start => address.RelativePath?.StartsWith(start, StringComparison.Ordinal) == true);
            options.CreateSchemaReferenceId = DescribeSchemas.NameOf;
            options.AddSchemaTransformer<DescribeSchemas>();
            options.AddOperationTransformer<DescribeOperations>();
            options.AddDocumentTransformer<DescribeRefusals>();
        });
    }

    /// <summary>Maps both.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        open.MapGet(Address, Document);
        open.MapSwaggerUI("docs", page =>
        {
            page.DocumentTitle = "Alur API";
            page.SwaggerEndpoint(Address, "Alur");
            page.ConfigObject.ValidatorUrl = null; // nothing is asked elsewhere
            page.ConfigObject.DeepLinking = true;
        }).Add(endpoint =>
        {
            var serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http =>
            {
                http.Response.Headers.ContentSecurityPolicy = DocsPolicy;
                return serve(http);
            };
        });
    }

    private static async Task<FileContentHttpResult> Document(ApiDescription description, CancellationToken ct) =>
        TypedResults.File(await description.Json(ct), "application/json");
}

/// <summary>The description, made once: routes do not change while a server runs.</summary>
internal sealed class ApiDescription([FromKeyedServices("v1")] IOpenApiDocumentProvider documents)
{
    private byte[]? _json;

    public async Task<byte[]> Json(CancellationToken ct) => _json ??= await Make(ct);

    private async Task<byte[]> Make(CancellationToken ct)
    {
        var document = await documents.GetOpenApiDocumentAsync(ct);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, ct);
        return json.ToArray();
    }
}
