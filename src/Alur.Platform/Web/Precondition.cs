using Alur.Platform.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Alur.Platform.Web;

/// <summary>The address takes <c>If-Match</c>.</summary>
internal sealed record TakesIfMatch;

/// <summary>
/// What a caller says it has seen: a read gives an <c>ETag</c>, and a change that names it in <c>If-Match</c> is made only if nothing was changed since. Whoever
/// names none changes what is there.
/// </summary>
/// <param name="Versions">Those that will do; none of them: any, as <c>If-Match: *</c> says.</param>
public sealed record Precondition(IReadOnlyList<string> Versions)
{
    /// <summary>The precondition of a request; null: none. Refused: <c>IF_MATCH_INVALID</c>.</summary>
    public static Result<Precondition?> Of(HttpContext http)
    {
        var given = http.Request.Headers.IfMatch;
        if (given.Count == 0)
        {
            return (Precondition?)null;
        }

        // A weak tag says "about the same", which is not enough to write over it.
        return EntityTagHeaderValue.TryParseStrictList([.. given.OfType<string>()], out var tags) && !tags.Any(tag => tag.IsWeak)
            ? new Precondition([.. tags.Where(tag => !tag.Equals(EntityTagHeaderValue.Any)).Select(tag => tag.Tag.Subsegment(1, tag.Tag.Length - 2).ToString())])
            : new IfMatchInvalid();
    }

    /// <summary>Whether this version will do.</summary>
    public bool Holds(string version) => Versions is [] || Versions.Contains(version, StringComparer.Ordinal);
}

/// <summary>How answers and addresses speak of versions.</summary>
public static class Preconditions
{
    /// <summary>The addresses take <c>If-Match</c>; see <see cref="Precondition.Of"/>.</summary>
    public static TBuilder TakeIfMatch<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new TakesIfMatch());

    /// <summary>Says which version the answer shows.</summary>
    public static void ShowVersion(this HttpContext http, string version) => http.Response.Headers.ETag = $"\"{version}\"";
}

internal sealed record IfMatchInvalid() : Invalid(
    "IF_MATCH_INVALID", "If-Match is the ETag of an answer, unchanged and in its quotes, several of them with commas between, or *.", "if-match");

internal sealed record Stale() : PreconditionFailed(
    "STALE", "Somebody changed this since you read it, so nothing was done. Read it again and see whether your change is still meant.", "if-match");
