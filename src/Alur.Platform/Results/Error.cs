namespace Alur.Platform.Results;

/// <summary>An expected refusal. <paramref name="Code"/> is stable and meant for programs, <paramref name="Message"/> for people.</summary>
/// <param name="Code">Upper-case words joined by underscores, such as <c>VISIT_NOT_FOUND</c>; never changes once published.</param>
/// <param name="Message">One sentence that says what was refused and, where it helps, what to do.</param>
/// <param name="Field">The request field or configuration key at fault, if one is.</param>
public abstract record Error(string Code, string Message, string? Field = null)
{
    /// <summary>What a sentence in another language names too, in the places <c>{0}</c>, <c>{1}</c> …; most name nothing.</summary>
    public virtual IReadOnlyList<string> Named => [];
}

/// <summary>The thing asked for does not exist (404).</summary>
public record NotFound(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>The request itself is wrong (400).</summary>
public record Invalid(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>The request is fine, the present state does not allow it (409).</summary>
public record Conflict(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>The caller may not do this (403).</summary>
public record Forbidden(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>Something that is needed is not reachable at the moment (503).</summary>
public record Unavailable(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>The caller has seen something else than what is there (412).</summary>
public record PreconditionFailed(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>The request is well-formed, but does not fit to what came before it (422).</summary>
public record Unprocessable(string Code, string Message, string? Field = null) : Error(Code, Message, Field);

/// <summary>Too much of it within a while (429).</summary>
/// <param name="Code">As of every error.</param>
/// <param name="Message">As of every error.</param>
/// <param name="RetryAfterSeconds">Trying again earlier is in vain.</param>
public record TooMany(string Code, string Message, int RetryAfterSeconds) : Error(Code, Message);

/// <summary>The caller did not say who they are, or not believably (401).</summary>
public record Unauthenticated(string Code, string Message, string? Field = null) : Error(Code, Message, Field);
