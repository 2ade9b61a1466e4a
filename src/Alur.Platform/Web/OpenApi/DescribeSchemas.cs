using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Alur.Platform.Web.OpenApi;

/// <summary>Says of schemas what our converters hide from the framework, which members are always there, and what the sources say about them.</summary>
internal sealed class DescribeSchemas(XmlComments comments) : IOpenApiSchemaTransformer
{
    /// <summary>Types inside another one are named with it, also as what an envelope holds: many slices have a <c>Request</c> or an answer of one name.</summary>
    public static string? NameOf(JsonTypeInfo type)
    {
        var named = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return named == typeof(JsonElement) || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not { } name ? null // anything, or nothing that has a name
            : named.IsGenericType || named.DeclaringType is not null ? NameOf(named)
            : name;
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Join("And", type.GetGenericArguments().Select(NameOf))}"
        : type.DeclaringType?.Name + type.Name;

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(string) || type == typeof(DateTimeOffset))
        {
            schema.Type = MayBeNull(context) ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
            schema.Format = type == typeof(DateTimeOffset) ? "date-time" : null;
        }

        if (context.JsonPropertyInfo?.AttributeProvider is PropertyInfo property && IsLeaf(schema))
        {
            schema.Description = comments.Parameter(property.DeclaringType!, property.Name) ?? schema.Description;
        }

        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema.Description ??= comments.Summary(type);
            Require(schema, context.JsonTypeInfo);
        }

        return Task.CompletedTask;
    }

    // What we write has every member that is not left out when null; what we read may leave out all of them, or validation says otherwise.
    private static void Require(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (schema.Properties is null || type.Type.Name.EndsWith("Request", StringComparison.Ordinal))
        {
            return;
        }

        schema.Required = type.Properties.Where(p => p.Get is not null && !IsLeftOutWhenNull(p)).Select(p => p.Name).Where(schema.Properties.ContainsKey).ToHashSet(StringComparer.Ordinal);
    }

    private static bool MayBeNull(OpenApiSchemaTransformerContext context) => context.JsonPropertyInfo is { } property
        ? property.IsGetNullable && !IsLeftOutWhenNull(property)
        : Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is not null;

    private static bool IsLeftOutWhenNull(JsonPropertyInfo property) => property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false)
        is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static bool IsLeaf(OpenApiSchema schema) => schema.Properties is not { Count: > 0 };
}
