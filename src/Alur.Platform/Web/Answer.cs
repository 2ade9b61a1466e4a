using System.Text.Json.Serialization;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Web;

/// <summary>The form of every success: <c>{"success":true,"data":…,"meta":{"timestamp":…}}</c>.</summary>
/// <param name="Success">Always true; failures are <see cref="Problem"/>.</param>
/// <param name="Data">What was asked for.</param>
/// <param name="Meta">About the answer itself.</param>
public sealed record Envelope<T>(bool Success, T Data, Meta Meta);

/// <summary>About an answer.</summary>
/// <param name="Timestamp">When it was made (engine time, UTC).</param>
/// <param name="Next">In a list: pass it as <c>after</c> for the next page; absent on the last page.</param>
/// <param name="Total">How many there are, in lists that show only the first of them.</param>
public sealed record Meta(
    DateTimeOffset Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total = null);

/// <summary>What a handler returns for one thing: the value or the refusal, written in the one form each has.</summary>
public sealed class Answer<T> : IResult
{
    private readonly Result<T> _result;
    private readonly int _status;

    private Answer(Result<T> result, int status) => (_result, _status) = (result, status);

    public static implicit operator Answer<T>(T value) => new(value, StatusCodes.Status200OK);

    public static implicit operator Answer<T>(Error error) => new(error, StatusCodes.Status200OK);

    public static implicit operator Answer<T>(Result<T> result) => new(result, StatusCodes.Status200OK);

    /// <summary>The same answer with 202: it was noted and happens soon.</summary>
    public Answer<T> AsAccepted() => new(_result, StatusCodes.Status202Accepted);

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (_result.Error is { } error)
        {
            return Problem.From(error).ExecuteAsync(httpContext);
        }

        httpContext.Response.StatusCode = _status;
        var envelope = new Envelope<T>(Success: true, _result.Value, new Meta(DateTimeOffset.UtcNow));
        return httpContext.Response.WriteAsJsonAsync(envelope, httpContext.RequestAborted);
    }
}

/// <summary>What a handler returns for a list: <c>data</c> is the array, <c>meta.next</c> the cursor.</summary>
public sealed class Listing<T> : IResult
{
    private readonly Result<Page<T>> _page;

    private Listing(Result<Page<T>> page) => _page = page;

    public static implicit operator Listing<T>(Page<T> page) => new(page);

    public static implicit operator Listing<T>(Error error) => new(error);

    public static implicit operator Listing<T>(Result<Page<T>> page) => new(page);

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (_page.Error is { } error)
        {
            return Problem.From(error).ExecuteAsync(httpContext);
        }

        var meta = new Meta(DateTimeOffset.UtcNow, _page.Value.Next, _page.Value.Total);
        var envelope = new Envelope<IReadOnlyList<T>>(Success: true, _page.Value.Items, meta);
        return httpContext.Response.WriteAsJsonAsync(envelope, httpContext.RequestAborted);
    }
}
