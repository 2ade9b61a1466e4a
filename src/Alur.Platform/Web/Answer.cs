using System.Reflection;
using System.Text.Json.Serialization;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

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
public sealed class Answer<T> : IResult, IEndpointMetadataProvider
{
    private readonly Result<T> _result;

    private Answer(Result<T> result) => _result = result;

    public static implicit operator Answer<T>(T value) => new(value);

    public static implicit operator Answer<T>(Error error) => new(error);

    public static implicit operator Answer<T>(Result<T> result) => new(result);

    /// <summary>The value or the refusal, for pages that show what programs get.</summary>
    public Result<T> Result => _result;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => Enveloped.Write(httpContext, _result, StatusCodes.Status200OK);

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Enveloped.Declare<T>(builder, StatusCodes.Status200OK);
}

/// <summary>The same with 202: it was noted and happens soon.</summary>
public sealed class Accepted<T> : IResult, IEndpointMetadataProvider
{
    private readonly Result<T> _result;

    private Accepted(Result<T> result) => _result = result;

    public static implicit operator Accepted<T>(T value) => new(value);

    public static implicit operator Accepted<T>(Error error) => new(error);

    public static implicit operator Accepted<T>(Result<T> result) => new(result);

    /// <summary>The value or the refusal, for pages that show what programs get.</summary>
    public Result<T> Result => _result;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => Enveloped.Write(httpContext, _result, StatusCodes.Status202Accepted);

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Enveloped.Declare<T>(builder, StatusCodes.Status202Accepted);
}

/// <summary>What both have in common.</summary>
internal static class Enveloped
{
    public static Task Write<T>(HttpContext http, Result<T> result, int status)
    {
        if (result.Error is { } error)
        {
            return Problem.From(error).ExecuteAsync(http);
        }

        http.Response.StatusCode = status;
        var envelope = new Envelope<T>(Success: true, result.Value, new Meta(DateTimeOffset.UtcNow));
        return http.Response.WriteAsJsonAsync(envelope, http.RequestAborted);
    }

    /// <summary>For the description of the interface.</summary>
    public static void Declare<T>(EndpointBuilder builder, int status) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Envelope<T>), ["application/json"]));
}

/// <summary>What a handler returns for a list: <c>data</c> is the array, <c>meta.next</c> the cursor.</summary>
public sealed class Listing<T> : IResult, IEndpointMetadataProvider
{
    private readonly Result<Page<T>> _page;

    private Listing(Result<Page<T>> page) => _page = page;

    public static implicit operator Listing<T>(Page<T> page) => new(page);

    public static implicit operator Listing<T>(Error error) => new(error);

    public static implicit operator Listing<T>(Result<Page<T>> page) => new(page);

    /// <summary>The page of the list or the refusal, for pages that show what programs get.</summary>
    public Result<Page<T>> Result => _page;

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

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Enveloped.Declare<IReadOnlyList<T>>(builder, StatusCodes.Status200OK);
}
