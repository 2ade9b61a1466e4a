using Alur.Platform.Identity;
using Alur.Platform.Results;

namespace Alur.Platform.Notifications;

/// <summary>Whom a notification is for. Whoever's account is disabled at that moment is left out.</summary>
public sealed record Audience
{
    internal const string Named = "people";

    private const string All = "everybody";
    private const string OfRole = "role";
    private const string OfGrant = "grant";

    private Audience(string kind, string value) => (Kind, Value) = (kind, value);

    /// <summary>Every account.</summary>
    public static Audience Everybody { get; } = new(All, "");

    /// <summary>Those who run the installation.</summary>
    public static Audience Admins { get; } = Role(Policies.Admin);

    internal string Kind { get; }

    internal string Value { get; }

    internal IReadOnlyList<Guid> Accounts { get; private init; } = [];

    /// <summary>As requests, lists and the audit have it: <c>everybody</c>, <c>role:admin</c>, <c>grant:front-office</c>.</summary>
    public string Word => Value.Length == 0 ? Kind : $"{Kind}:{Value}";

    /// <summary>Every account of a role.</summary>
    public static Audience Role(string role) => new(OfRole, role);

    /// <summary>Whoever was given a grant; admins, who hold it without that, are not meant.</summary>
    public static Audience Grant(string grant) => new(OfGrant, grant);

    /// <summary>These accounts; one that is named twice is told once.</summary>
    public static Audience People(params IReadOnlyList<Guid> accounts) => new(Named, "") { Accounts = accounts };

    /// <summary>All that a broadcast can be for, in the order in which people are offered them.</summary>
    internal static IReadOnlyList<Audience> Known(IEnumerable<Grant> grants) =>
        [Everybody, Role(Policies.Admin), Role(Policies.Client), .. grants.Select(grant => Grant(grant.Name)).OrderBy(audience => audience.Value, StringComparer.Ordinal)];

    /// <summary>Of its word. Refused: <c>AUDIENCE_UNKNOWN</c>.</summary>
    internal static Result<Audience> Of(string? word, IEnumerable<Grant> grants)
    {
        var known = Known(grants);
        return known.FirstOrDefault(audience => audience.Word == word) is { } found ? found : new AudienceUnknown(word ?? "", [.. known.Select(audience => audience.Word)]);
    }
}
