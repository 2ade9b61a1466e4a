using System.Globalization;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace Alur.Platform.Web.Idempotency;

/// <summary>
/// Serves a request with a key once. It goes on when the caller hangs up, because the answer can be asked for again. A refusal leaves nothing behind, so the key
/// is free again; whatever else is no success leaves the outcome unknown, unless the handler keeps its answer with its change.
/// </summary>
internal sealed partial class IdempotentRequests(RequestDelegate next, IdempotencyKeys keys, ILogger<IdempotentRequests> log)
{
    private const int Shortest = 16;
    private const int Longest = 200;
    private const int RetryAfterSeconds = 1;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<TakesIdempotencyKey>() is not { } takes || !http.Request.Headers.TryGetValue(IdempotencySetup.Header, out var given))
        {
            await next(http);
        }
        else if (Mistake(given))
        {
            await Problem.From(new IdempotencyKeyInvalid()).ExecuteAsync(http);
        }
        else
        {
            var key = IdempotencyKey.Of(http.Actor().Label, given.ToString(), $"{http.Request.Method} {http.Request.GetEncodedPathAndQuery()}", await Body(http));
            var (found, answer) = await keys.Claim(key, takes.Exact, http.RequestAborted);
            await (found switch
            {
                Found.Claimed => Serve(http, key, takes),
                Found.Answered => Replay(http, answer!),
                _ => Refuse(http, found),
            });
        }
    }

    private static bool Mistake(StringValues given) =>
        given is not [{ Length: >= Shortest and <= Longest } key] || key.Any(c => c is <= ' ' or > '~');

    private static async Task<byte[]> Body(HttpContext http)
    {
        using var whole = new MemoryStream();
        await http.Request.Body.CopyToAsync(whole, http.RequestAborted);
        var body = whole.ToArray();
        http.Request.Body = new MemoryStream(body);
        return body;
    }

    private static Task Refuse(HttpContext http, Found found)
    {
        if (found == Found.Running) http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        Error error = found switch
        {
            Found.OtherRequest => new IdempotencyKeyReused(),
            Found.Running => new RequestIsRunning(),
            _ => new OutcomeUnknown(),
        };
        return Problem.From(error).ExecuteAsync(http);
    }

    private async Task Serve(HttpContext http, IdempotencyKey key, TakesIdempotencyKey takes)
    {
        var (caller, stream) = (http.RequestAborted, http.Response.Body);
        var claim = new IdempotencyClaim(key);
        using var answer = new MemoryStream();
        try
        {
            http.RequestAborted = CancellationToken.None;
            http.Response.Body = answer;
            http.Features.Set(claim);
            await next(http);
        }
        catch (Exception e)
        {
            // What cannot be read is refused before anything is done.
            await AtTheEnd(takes.Exact || e is BadHttpRequestException ? keys.Release(key, CancellationToken.None) : keys.GiveUp(key, CancellationToken.None));
            throw;
        }
        finally
        {
            (http.RequestAborted, http.Response.Body) = (caller, stream);
        }

        await Keep(key, claim, new KeptAnswer(http.Response.StatusCode, answer.ToArray()), takes);
        // Writing nothing would begin the answer too, and a refusal without words gets its form only further out.
        if (answer.Length > 0) await stream.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), caller);
    }

    private Task Keep(IdempotencyKey key, IdempotencyClaim claim, KeptAnswer answer, TakesIdempotencyKey takes) => answer.Status switch
    {
        _ when claim.IsAnswered => Task.CompletedTask,
        >= 200 and < 300 => AtTheEnd(keys.Answer(key, answer, CancellationToken.None)),
        < 500 => AtTheEnd(keys.Release(key, CancellationToken.None)),
        _ => AtTheEnd(takes.Exact ? keys.Release(key, CancellationToken.None) : keys.GiveUp(key, CancellationToken.None)),
    };

    // What was done is done, whatever becomes of the note about it: without one the next request is told that nobody knows.
    private async Task AtTheEnd(Task note)
    {
        try
        {
            await note;
        }
        catch (NpgsqlException e)
        {
            NotKept(log, Texts.OutsideText.Clean(e.Message));
        }
    }

    private static async Task Replay(HttpContext http, KeptAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers[IdempotencySetup.Replayed] = "true";
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to a request with an Idempotency-Key could not be kept ({Reason}). Who sends it again is told that its outcome is unknown.")]
    private static partial void NotKept(ILogger log, string reason);
}
