using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Alur.Testing;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Tests.Board;

public sealed class JsonNamesTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly JsonSerializerOptions _json = fixture.App.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    [Fact]
    public void Every_answer_of_the_api_has_names_as_the_specified_visit_has()
    {
        var answers = fixture.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.Contains("/api/", StringComparison.Ordinal))
            .Select(e => e.Metadata.GetRequiredMetadata<MethodInfo>().ReturnType)
            .Select(answer => answer.IsGenericType && answer.GetGenericTypeDefinition() == typeof(Task<>) ? answer.GetGenericArguments()[0] : answer)
            .Where(answer => answer.IsGenericType) // Answer<T>, Listing<T>; a file has no names
            .Select(answer => answer.GetGenericArguments()[0])
            .ToList();

        var names = answers.SelectMany(type => Names(type, [])).ToList();

        Assert.All((string[])["visit_id", "task_progress", "held_by_reason", "mended_by", "last_poll_at", "onsite_jkn"], name => Assert.Contains(name, names));
        Assert.All(names, name => Assert.Matches(JsonNames.Promised, name));
    }

    private IEnumerable<string> Names(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
            return [];
        var info = _json.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => info.Properties.SelectMany(p => Names(p.PropertyType, seen).Prepend(p.Name)),
            JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => Names(info.ElementType!, seen),
            _ => [],
        };
    }
}
