using System.Text;
using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Fuzzing.Api;

/// <summary>
/// Every operation that /openapi.json describes, with requests made of its description and then spoilt: the answer is one of those that it declares, has the
/// form that it declares for it, and is no fault of the server.
/// </summary>
internal sealed class DescribedTarget : IDisposable
{
    private readonly RawClient _client;
    private readonly Schema _schemas;
    private readonly DescribedRequests _requests;
    private readonly IReadOnlyList<Described> _operations;
    private readonly (string Key, string Token) _callers;

    public DescribedTarget(AlurApp app, JsonNode document, string adminToken, string email)
    {
        (_client, _schemas, _callers) = (new RawClient(app.Address), new Schema(document), (app.ApiKey, adminToken));
        _requests = new DescribedRequests(_schemas, email);
        _operations =
        [
            .. from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new Described(operation.Key.ToUpperInvariant(), path.Key, operation.Value!),
        ];
    }

    public FuzzTarget Operations => FuzzTarget.Of("api-described", Make, c => Smaller.Texts(c.Body ?? "").Select(body => c with { Body = body }), Check);

    public void Dispose() => _client.Dispose();

    private DescribedCase Make(Draw draw)
    {
        // A file of all that was ever done grows with every case.
        var operation = draw.Pick([.. _operations]);
        if (operation.Path.EndsWith("/export", StringComparison.Ordinal) && !draw.Once(20)) operation = draw.Pick([.. _operations]);
        var (type, body) = _requests.Body(draw, operation);
        return new DescribedCase(operation, _requests.Path(draw, operation), _requests.Headers(draw, operation), type, body);
    }

    private void Check(DescribedCase c)
    {
        var body = Encoding.UTF8.GetBytes(c.Body ?? "");
        // Whoever signs out by the token is no caller any more.
        var key = c.Operation.Path.EndsWith("/logout", StringComparison.Ordinal) ? _callers.Key : _callers.Token;
        var head = new StringBuilder($"{c.Operation.Method} {c.Path} HTTP/1.1\r\nHost: alur\r\nAuthorization: Bearer {key}\r\n{c.Headers}");
        if (c.Type is not null) head.Append("Content-Type: ").Append(c.Type).Append("\r\n");
        if (c.Body is not null) head.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        var answer = _client.Send(head.Append("\r\n").ToString(), body);
        if (answer is { Status: 400 or 413 or 414 or 431, Body: "" })
        {
            return; // refused by the web server before it was a request
        }

        Claim.That(answer.Status is >= 200 and < 500, "an answer is a success or a refusal", answer);
        Fits(c.Operation, answer);
    }

    private void Fits(Described operation, RawAnswer answer)
    {
        var declared = operation.Node["responses"]![$"{answer.Status}"];
        Claim.That(declared is not null, $"{operation.Method} {operation.Path} declares this status", answer);
        var type = answer.ContentType.Split(';')[0];
        var content = _schemas.Resolve(declared!)["content"]![type];
        Claim.That(content is not null, $"{operation.Method} {operation.Path} declares this form for {answer.Status}", answer);
        if (type.EndsWith("json", StringComparison.Ordinal))
        {
            Claim.Equal("", string.Join("; ", _schemas.Misfits(content!["schema"]!, JsonNode.Parse(answer.Body))), "the answer fits its schema");
        }
    }
}

/// <summary>An operation as it is described.</summary>
internal sealed record Described(string Method, string Path, JsonNode Node);

/// <summary>One request; no body and no type where there is none.</summary>
internal sealed record DescribedCase(Described Operation, string Path, string Headers, string? Type, string? Body)
{
    public override string ToString() => $"{Operation.Method} {Path}\n{Headers}Content-Type: {Type ?? "none"}\n\n{Body ?? "(no body)"}";
}
