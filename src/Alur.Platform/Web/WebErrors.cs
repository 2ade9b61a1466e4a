using Alur.Platform.Results;

namespace Alur.Platform.Web;

internal sealed record UnknownParameter(string Name, IEnumerable<string> Known) : Invalid(
    "UNKNOWN_PARAMETER",
    $"There is no query parameter '{Name}' here. Known: {string.Join(", ", Known.Order(StringComparer.Ordinal).DefaultIfEmpty("none"))}.",
    Name);

internal sealed record EmptyParameter(string Name) : Invalid(
    "EMPTY_PARAMETER", $"The query parameter '{Name}' is empty. Leave it out, or give it a value.", Name);

internal sealed record RepeatedParameter(string Name) : Invalid(
    "REPEATED_PARAMETER", $"The query parameter '{Name}' is given more than once.", Name);

internal sealed record InvalidText(string Name) : Invalid(
    "INVALID_TEXT", "The text holds U+0000 or half of a surrogate pair, which cannot be stored.", Name);

internal sealed record InvalidCursor() : Invalid(
    "INVALID_CURSOR", "'after' is not a cursor of this list. Pass meta.next of the page before, unchanged.", "after");

internal sealed record ApiKeyRequired() : Unauthenticated(
    "API_KEY_REQUIRED", "Sign in at /api/auth/login, or send an API key as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'. './alur api-key new NAME' makes one.");

internal sealed record ApiKeyInvalid() : Unauthenticated(
    "API_KEY_INVALID", "This API key is unknown or was revoked.");

internal sealed record ApiKeyNameTaken(string Name) : Conflict(
    "API_KEY_NAME_TAKEN", $"There is, or was, an API key named '{Name}'. Names are kept because history speaks of them.", "name");

internal sealed record ApiKeyNameInvalid() : Invalid(
    "API_KEY_NAME_INVALID", "A key's name is 1 to 60 letters, digits, dots, hyphens or underscores.", "name");

internal sealed record ApiKeyNotFound(string Name) : NotFound(
    "API_KEY_NOT_FOUND", $"There is no API key named '{Name}' that is still valid.", "name");

internal sealed record NotAllowed(string Why = "You are known, but this is not among what you may do. Somebody with the role admin can grant it.") : Forbidden("NOT_ALLOWED", Why)
{
    /// <summary>To a key: nobody can give it what only people may do, nor another grant once it is made.</summary>
    public static NotAllowed ToKey(bool forPeople, bool forAdmins) => new(
        forAdmins ? "This is for people who are signed in and have the role admin; no API key is good for it. Sign in at /api/auth/login."
        : forPeople ? "This is for people who are signed in; no API key is good for it. Sign in at /api/auth/login."
        : "This API key has not the grant for this. './alur api-key new NAME --grant G' makes one that has.");
}
