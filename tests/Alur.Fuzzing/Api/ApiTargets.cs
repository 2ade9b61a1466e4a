using System.Text;
using Alur.Testing;

namespace Alur.Fuzzing.Api;

/// <summary>The HTTP interface: paths, queries, cursors, bodies, headers, over the wire to a real server with a real database.</summary>
internal sealed class ApiTargets(AlurApp app, IReadOnlyList<ListCursor> cursors) : IDisposable
{
    private const string Visit = "2026%2F01%2F20%2F000001";

    private static readonly string[] Lists =
        ["visits", "tasks", "queue", "logs", "failures", "sites", "summary", "report", "references", "references/differences", $"visits/{Visit}", $"visits/{Visit}/history", "nothing", "visits/" + Visit + "/revalidate"];

    private static readonly string[] Parameters =
        ["site", "date", "status", "state", "reason", "poli_id", "dokter_id", "task_id", "visit_id", "queue_id", "fingerprint", "kind", "after", "limit"];

    private static readonly string[] Values =
        ["default", "2026-01-20", "0001-01-01", "9999-12-31", "2026-02-30", "SENT_BPJS", "FAILED", "held", "3", "50", "500", "501", "0", "-1", "9223372036854775807", "9223372036854775808", "1e3", "true"];

    private static readonly string[] Fields = ["visit_id", "task_id", "fingerprint", "reason", "until", "2099-01-20T22:00:00+07:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"];

    private static readonly string[] Posts = ["queue/requeue", "channels/default/pause", "channels/nobody/pause", "channels/default/resume", $"visits/{Visit}/revalidate", "queue/1/requeue", "revalidate", "references/refresh"];

    private static readonly string[] Headers =
    [
        "Authorization", "X-Api-Key", "Content-Type", "Content-Length", "Transfer-Encoding", "Accept", "Host", "Connection", "Idempotency-Key", "If-Match", "traceparent",
        "tracestate", "Expect", "Range", "Cookie", "X-Forwarded-For", "Accept-Encoding", "Upgrade", "X-HTTP-Method-Override",
    ];

    private readonly RawClient _client = new(app.Address);

    public IReadOnlyList<FuzzTarget> All => [Queries, Cursors, Bodies, Heads];

    private FuzzTarget Queries => FuzzTarget.OfText("api-queries", Path, path => ClaimAnswer.That(Get(path), mayBeNoRequest: true));

    /// <summary>A cursor is meta.next of its own list, unchanged, or it is refused.</summary>
    private FuzzTarget Cursors => FuzzTarget.Of(
        "api-cursors",
        draw => (Made: draw.Pick([.. cursors]), Used: draw.Pick([.. cursors]), Text: "") is var x && draw.Once(4) ? x with { Text = x.Made.Cursor } : x with { Text = Tamper(draw, x.Made.Cursor) },
        x => Smaller.Texts(x.Text).Select(text => x with { Text = text }),
        x =>
        {
            var answer = Get($"/api/antrean/{x.Used.List}{(x.Used.List.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=1&after={Uri.EscapeDataString(x.Text)}");
            ClaimAnswer.That(answer, mayBeNoRequest: false);
            var isOwn = x.Text == x.Made.Cursor && x.Used.Name == x.Made.Name;
            Claim.Equal(isOwn ? 200 : 400, answer.Status, $"only a list's own cursor, unchanged, is taken ({answer.Body})");
            Claim.That(isOwn || answer.Code() is "INVALID_CURSOR" or "EMPTY_PARAMETER" or "INVALID_TEXT", "anything else is refused as no cursor", answer);
        });

    private FuzzTarget Bodies => FuzzTarget.Of(
        "api-bodies",
        draw => (Path: draw.Pick(Posts), Type: draw.Once(8) ? draw.Pick("text/plain", "application/json; charset=utf-16", "application/xml", "json", "") : "application/json", Body: Body(draw)),
        x => Smaller.Texts(x.Body).Select(body => x with { Body = body }),
        x =>
        {
            var body = Encoding.UTF8.GetBytes(x.Body);
            ClaimAnswer.That(
                _client.Send($"POST /api/antrean/{x.Path} HTTP/1.1\r\nHost: alur\r\nX-Api-Key: {app.ApiKey}\r\nContent-Type: {x.Type}\r\nContent-Length: {body.Length}\r\n\r\n", body), mayBeNoRequest: false);
        });

    /// <summary>Headers of every kind: nobody comes in without the key, and nothing but a refusal comes of nonsense.</summary>
    private FuzzTarget Heads => FuzzTarget.OfText("api-headers", Head, head =>
    {
        var answer = _client.SendLast(head, []);
        ClaimAnswer.That(answer, mayBeNoRequest: true, hasBody: !head.StartsWith("HEAD ", StringComparison.Ordinal));
        Claim.That(answer.Status is not (>= 200 and < 300) || head.Contains(app.ApiKey, StringComparison.Ordinal), "nobody comes in without the key", answer);
    });

    public void Dispose() => _client.Dispose();

    private RawAnswer Get(string path) => _client.Send($"GET {path} HTTP/1.1\r\nHost: alur\r\nX-Api-Key: {app.ApiKey}\r\n\r\n", []);

    private static string Path(Draw draw)
    {
        var path = "/api/antrean/" + (draw.Once(6) ? "visits/" + Encoded(draw, draw.Text(30)) : draw.Pick(Lists));
        var query = Enumerable.Range(0, draw.Random.Next(4)).Select(_ => $"{(draw.Once(10) ? Encoded(draw, draw.Text(10)) : draw.Pick(Parameters))}={Encoded(draw, draw.TextOr(Values))}").ToList();
        return (query.Count == 0 ? path : $"{path}?{string.Join('&', query)}").Replace(' ', '+');
    }

    // Mostly as a proper client would, now and then with percent signs that lead nowhere; never with what would end the request line.
    private static string Encoded(Draw draw, string text) =>
        draw.Once(10) ? draw.Pick("%", "%zz", "%00", "%C0%AF", "%ED%A0%80", "%FF", "%2F%2F", "..", "%2e%2e%2f") : Uri.EscapeDataString(text);

    private static string Tamper(Draw draw, string cursor)
    {
        if (draw.Once(2))
        {
            return draw.Damage(cursor);
        }

        // Well-formed on the outside: another key, another list.
        var inside = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(cursor));
        return System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(draw.Damage(inside)));
    }

    private static string Body(Draw draw) => draw.Random.Next(8) switch
    {
        0 => draw.Text(80),
        1 => new string(draw.Pick('[', '{'), draw.Int(1, 3_000)),
        2 => draw.Pick("{\"reason\":", "{\"visit_id\":", "") + new string('[', draw.Int(1, 100)) + new string(']', draw.Int(0, 100)) + "}",
        3 when draw.Once(500) => "{\"reason\":\"" + new string('x', (1024 * 1024) + draw.Int(-20, 20)) + "\"}",
        4 => draw.Damage("""{"reason":"BPJS maintenance tonight","until":"2099-01-20T22:00:00+07:00"}"""),
        5 => draw.Damage("""{"visit_id":"2026/01/20/000001","task_id":"3","fingerprint":"201: x"}"""),
        _ => draw.Json(3, Fields),
    };

    private string Head(Draw draw)
    {
        var head = new StringBuilder();
        head.Append(draw.Once(15) ? draw.Text(20) : draw.Pick("GET", "GET", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH")).Append(" /api/antrean/").Append(draw.Pick(Lists)).Append(" HTTP/1.1\r\n");
        foreach (var name in Enumerable.Range(0, draw.Random.Next(6)).Select(_ => draw.Pick(Headers)).Append("Host"))
        {
            head.Append(draw.Once(20) ? draw.Text(10) : name).Append(": ").Append(name switch
            {
                "Host" when !draw.Once(20) => "alur",
                "X-Api-Key" or "Authorization" when draw.Once(2) => (name == "Authorization" ? "Bearer " : "") + (draw.Once(2) ? app.ApiKey : draw.Damage(app.ApiKey)),
                "Content-Length" => draw.Number(),
                "Transfer-Encoding" => draw.Pick("chunked", "gzip", "identity", "chunked, chunked", ""),
                "Expect" => draw.Pick("100-continue", "nothing"),
                "traceparent" => draw.Damage("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                _ => draw.Text(draw.Once(50) ? 5_000 : 30),
            }).Append("\r\n");
        }

        return head.Append("\r\n").ToString();
    }
}

/// <summary>A cursor that a list gave.</summary>
/// <param name="Name">The list's own name: two addresses may show the same list.</param>
/// <param name="List">Its address below the prefix.</param>
/// <param name="Cursor">Its <c>meta.next</c>.</param>
internal sealed record ListCursor(string Name, string List, string Cursor);
