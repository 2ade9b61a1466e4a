using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Testing;

namespace Alur.Fuzzing.Api;

/// <summary>Requests as an operation describes them, most of them with something wrong.</summary>
internal sealed partial class DescribedRequests(Schema schemas, string email)
{
    private static readonly string[] Types =
        ["text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/x-www-form-urlencoded", "multipart/form-data", "json", "", "application/problem+json", "*/*"];

    /// <summary>Values that mean something somewhere; drawn for every text.</summary>
    private readonly string[] _words =
    [
        email, "nobody@rs-contoh.id", "default", "2026/01/20/000001", "3", "admin", "client", "front-office", "integration", "FAILED", "held", "cookie", "token", "CREATE", "users",
        "2026-01-20", "2026-01-20T01:00:00Z", "9999-12-31T23:59:59-14:00", "0191a6b2-5c3d-7e8f-9a0b-1c2d3e4f5a6b", "bpjs:default", "201: bpjs says no", "kuda benar baterai jepit", "+6281234567890", "123456",
    ];

    /// <summary>The path with its parameters, and the query.</summary>
    public string Path(Draw draw, Described operation)
    {
        var path = Parameter().Replace(operation.Path, _ => draw.Once(3) ? Encoded(draw, draw.Text(20)) : Encoded(draw, draw.Pick(_words)));
        var query = Parameters(operation, "query").Where(_ => draw.Once(3)).Select(p => $"{(draw.Once(20) ? Encoded(draw, draw.Text(8)) : (string)p["name"]!)}={Encoded(draw, Simple(draw, p["schema"]!))}").ToList();
        if (draw.Once(12)) query.Add(draw.Pick("x=1", "limit=1&limit=2", "=", "&&", "%00=%00", "limit", "after=x"));
        return (query.Count == 0 ? path : $"{path}?{string.Join('&', query)}").Replace(' ', '+');
    }

    /// <summary>Headers that it declares, now and then, with a value that fits or does not.</summary>
    public string Headers(Draw draw, Described operation) => string.Concat(
        Parameters(operation, "header").Where(_ => draw.Once(2)).Select(p => $"{p["name"]}: {Line(draw.Once(2) ? draw.Text(draw.Once(20) ? 3_000 : 60) : draw.Pick("\"1\"", "*", "W/\"1\"", "0191a6b2-5c3d-7e8f-9a0b-1c2d3e4f5a6b"))}\r\n"));

    /// <summary>A body and its type, or none.</summary>
    public (string? Type, string? Body) Body(Draw draw, Described operation)
    {
        var content = operation.Node["requestBody"]?["content"]?.AsObject().Single();
        if (content is not { } declared)
        {
            (string?, string?)[] none = [(null, null), (null, ""), (draw.Pick(Types), draw.Json(2))];
            return draw.Pick(none);
        }

        var type = draw.Once(10) ? draw.Pick(Types) : draw.Once(20) ? null : declared.Key;
        var schema = schemas.Resolve(declared.Value!["schema"]!);
        return (type, Spoilt(draw, schema));
    }

    private static IEnumerable<JsonNode> Parameters(Described operation, string place) =>
        (operation.Node["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == place).Select(p => p!);

    private string Spoilt(Draw draw, JsonObject schema) => draw.Random.Next(14) switch
    {
        0 => draw.Damage(Value(draw, schema, 0)),
        1 => draw.Text(80),
        2 => draw.Json(3, [.. Names(schema)]),
        3 => new string(draw.Pick('[', '{', '"'), draw.Int(1, 3_000)),
        4 => draw.Pick("", " ", "null", "[]", "{}", "0", "\"\"", "{}{}", "\ufeff{}", "{\"a\":1,\"a\":2}", "\0"),
        5 when draw.Once(30) => $$"""{"{{Names(schema).First()}}":"{{new string('x', 1024 * 1024)}}"}""",
        _ => Value(draw, schema, 0),
    };

    // What the schema says, now and then something else.
    private string Value(Draw draw, JsonObject schema, int depth) => draw.Once(12) || depth > 4 ? draw.Json(2) : Type(schema) switch
    {
        "object" when schema["properties"] is JsonObject members => $"{{{string.Join(',', members.Where(_ => !draw.Once(4)).Select(m => $"{draw.JsonString(draw.Once(40) ? draw.Text(8) : m.Key)}:{Value(draw, schemas.Resolve(m.Value!), depth + 1)}"))}}}",
        "array" => $"[{string.Join(',', Enumerable.Range(0, draw.Once(30) ? 300 : draw.Random.Next(4)).Select(_ => Value(draw, schema["items"] is { } items ? schemas.Resolve(items) : [], depth + 1)))}]",
        "string" => draw.JsonString(draw.Once(60) ? new string('x', draw.Int(1, 100_000)) : draw.TextOr(_words)),
        "integer" or "number" => draw.Number(),
        "boolean" => draw.Pick("true", "false"),
        _ => draw.Json(2),
    };

    private string Simple(Draw draw, JsonNode schema) => Type(schemas.Resolve(schema)) is "integer" && draw.Once(2) ? draw.Number() : draw.TextOr(_words);

    private static IEnumerable<string> Names(JsonObject schema) => (schema["properties"] as JsonObject)?.Select(member => member.Key).DefaultIfEmpty("x") ?? ["x"];

    private static string? Type(JsonObject schema) => schema["type"] is JsonArray several ? several.Select(t => (string?)t).FirstOrDefault(t => t != "null") : (string?)schema["type"];

    // Mostly as a proper client would, now and then with percent signs that lead nowhere; never with what would end the request line.
    private static string Encoded(Draw draw, string text) =>
        draw.Once(15) ? draw.Pick("%", "%zz", "%00", "%C0%AF", "%ED%A0%80", "%FF", "%2F%2F", "..", "%2e%2e%2f") : Uri.EscapeDataString(WellFormed(text)) is { Length: > 0 } encoded ? encoded : "x";

    private static string Line(string text) => string.Concat(text.Where(c => c is >= ' ' and < '\u007f'));

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
