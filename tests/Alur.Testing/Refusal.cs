using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Alur.Testing;

/// <summary>Checks failures: every one of them has the same form.</summary>
public static class Refusal
{
    /// <summary>The answer is a problem of exactly the promised form, with this status and code, about this field if one is named.</summary>
    public static async Task<JsonNode> Of(Task<HttpResponseMessage> answer, HttpStatusCode status, string code, string? field = null)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        string[] members = ["type", "title", "status", "detail", "success", "code", .. problem["errors"] is null ? Array.Empty<string>() : ["errors"], "traceId"];
        Assert.Equal(members, problem.AsObject().Select(member => member.Key));
        Assert.Equal(code, (string?)problem["code"]);
        Assert.False((bool)problem["success"]!);
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string)problem["traceId"]!);
        if (field is not null)
        {
            Assert.NotEmpty((string)problem["errors"]![field]![0]!);
        }

        return problem;
    }
}
