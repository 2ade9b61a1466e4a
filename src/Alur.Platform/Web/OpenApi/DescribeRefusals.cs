using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Alur.Platform.Web.OpenApi;

/// <summary>The one form of refusals, with the codes that each status can have, and the ways to say who calls.</summary>
internal sealed class DescribeRefusals(IEnumerable<ModuleMigrations> modules) : IOpenApiDocumentTransformer
{
    /// <summary>Names of the ways to say who calls.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["bearer", "api-key", "session"];

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Alur", Version = "1", Description = "Names are snake_case, times UTC. Slashes inside a value of the path are written %2F. docs/api.md has an example of everything." };
        document.AddComponent("Problem", await context.GetOrCreateSchemaAsync(typeof(ProblemBody), parameterDescription: null, cancellationToken));
        foreach (var (status, codes) in CodesByStatus(modules.Select(module => module.Assembly).Append(typeof(Error).Assembly).Distinct()))
        {
            document.AddComponent($"refused-{status}", Response(status, codes, document));
        }

        document.AddComponent("bearer", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An access token of POST /api/auth/login, or an API key." });
        document.AddComponent("api-key", new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyAuthentication.HeaderName });
        document.AddComponent("session", new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = SessionCookie.Name });
        document.Tags = document.Paths.Select(path => DescribeOperations.TagOf(path.Key.TrimStart('/'))).Distinct(StringComparer.Ordinal).Select(tag => new OpenApiTag { Name = tag }).ToHashSet();
    }

    /// <summary>Every code that the assemblies' refusals and the edge itself can answer with.</summary>
    public static IReadOnlyDictionary<int, string[]> CodesByStatus(IEnumerable<Assembly> assemblies) => assemblies
        .SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsAbstract && type.IsSealed && type.IsSubclassOf(typeof(Error)))
        .Select(Example).Select(error => (Status: Problem.StatusOf(error), error.Code)).Concat(FailureForm.Codes)
        .GroupBy(c => c.Status, c => c.Code).ToDictionary(g => g.Key, g => g.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());

    private static OpenApiResponse Response(int status, string[] codes, OpenApiDocument document) => new()
    {
        Description = ReasonPhrases.GetReasonPhrase(status),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    AllOf =
                    [
                        new OpenApiSchemaReference("Problem", document),
                        new OpenApiSchema
                        {
                            Properties = new Dictionary<string, IOpenApiSchema> { ["code"] = new OpenApiSchema { Enum = [.. codes.Select(code => (JsonNode)JsonValue.Create(code))] } },
                        },
                    ],
                },
            },
        },
    };

    // A refusal's code does not depend on what it is about, so anything will do for that.
    private static Error Example(Type refusal)
    {
        var constructor = refusal.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).MaxBy(c => c.GetParameters() is [var only] && only.ParameterType == refusal ? -1 : c.GetParameters().Length)!;
        return (Error)constructor.Invoke(BindingFlags.Default, binder: null, [.. constructor.GetParameters().Select(p => Anything(p.ParameterType))], CultureInfo.InvariantCulture);
    }

    private static object? Anything(Type type) =>
        type == typeof(string) ? ""
        : type.IsValueType ? Activator.CreateInstance(type)
        : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
        : type.IsGenericType && type.GetGenericArguments() is [var item] && item.MakeArrayType().IsAssignableTo(type) ? Array.CreateInstance(item, 0)
        : null;
}
