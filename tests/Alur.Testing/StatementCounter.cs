using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Xunit;

namespace Alur.Testing;

/// <summary>Counts the SQL statements that serving one request takes, whatever else runs meanwhile: by the request's trace.</summary>
public sealed class StatementCounter : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, int> _byTrace = new();
    private readonly ActivityListener _listener;

    public StatementCounter()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Count,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Gets the address, which must succeed, and says how many statements that took.</summary>
    public async Task<int> During(HttpClient client, string path)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return _byTrace.GetValueOrDefault(trace);
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    // Besides statements the driver traces the opening of physical connections, which has no statement.
    private void Count(Activity activity)
    {
        var isStatement = activity.Source.Name == "Npgsql" && activity.TagObjects.Any(tag => tag.Key is "db.query.text" or "db.statement");
        if (isStatement)
        {
            _byTrace.AddOrUpdate(activity.TraceId, 1, (_, count) => count + 1);
        }
    }
}
