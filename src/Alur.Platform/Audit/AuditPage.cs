using System.Globalization;
using System.Text.Json;
using Alur.Platform.Identity;
using Alur.Platform.Pages;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace Alur.Platform.Audit;

/// <summary>Who did what, for people: days of the page's clock instead of moments, names instead of ids, and what changed side by side.</summary>
internal static class AuditPage
{
    public static async Task<IResult> Show(HttpContext http, NpgsqlDataSource database, AuditOptions options, [AsParameters] AuditQuestion asked, AuditNames names, CancellationToken ct)
    {
        var filter = asked.Filter(new Here(http, model: null).Zone);
        var page = await ListAudit.Run(database, options, filter, asked.After, Paging.DefaultLimit, http.AuditOrigin(), ct);
        return page.Ok ? PageResult.Of<AuditView>(new AuditList(asked, page.Value, await names.All(ct), ExportAddress(filter))) : Problem.From(page.Error);
    }

    private static string ExportAddress(AuditFilter filter) => QueryHelpers.AddQueryString("/api/admin/audit/export", new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["performed_by"] = filter.PerformedBy,
        ["action"] = filter.Action,
        ["resource"] = filter.Resource,
        ["resource_id"] = filter.ResourceId,
        ["from"] = filter.From?.ToString("O", CultureInfo.InvariantCulture),
        ["to"] = filter.To?.ToString("O", CultureInfo.InvariantCulture),
    }.Where(field => field.Value is not null));
}

/// <summary>The page's filters.</summary>
/// <param name="PerformedBy">Done by <c>user:ID</c>, <c>api-key:NAME</c>, <c>system</c> or <c>stranger</c>.</param>
/// <param name="Action">One of the twelve actions.</param>
/// <param name="Resource">Done to this kind of thing.</param>
/// <param name="ResourceId">Done to this one.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record AuditQuestion(
    [property: FromQuery(Name = "performed_by")] string? PerformedBy,
    [property: FromQuery(Name = "action")] string? Action,
    [property: FromQuery(Name = "resource")] string? Resource,
    [property: FromQuery(Name = "resource_id")] string? ResourceId,
    [property: FromQuery(Name = "from")] DateOnly? From,
    [property: FromQuery(Name = "to")] DateOnly? To,
    [property: FromQuery(Name = Pager.Cursor)] string? After)
{
    /// <summary>The same as the API has it.</summary>
    public AuditFilter Filter(TimeZoneInfo zone) => new(UserId: null, PerformedBy, Action, Resource, ResourceId, Begin(From, zone), Begin(To?.Year < 9000 ? To?.AddDays(1) : null, zone));

    // Before there were computers nothing was audited, and a moment must fit into the calendar in every zone.
    private static DateTimeOffset? Begin(DateOnly? day, TimeZoneInfo zone) =>
        day is { Year: >= 1970 and < 9000 } known && known.ToDateTime(TimeOnly.MinValue) is var midnight ? new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)) : null;
}

/// <summary>Who the actors of the audit are.</summary>
internal sealed class AuditNames(ListUsers users, ApiKeys keys)
{
    /// <summary>Names by the audit's words for whoever did something, such as <c>user:ID</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> All(CancellationToken ct)
    {
        var people = (await users.Run(ct)).Select(user => KeyValuePair.Create(new Actor(user.Id.ToString(), ActorKind.User).Label, $"{user.Name}, {user.Email}"));
        var programs = (await keys.List(ct)).Select(key => KeyValuePair.Create(new Actor(key.Name, ActorKind.ApiKey).Label, $"API key {key.Name}"));
        return people.Concat(programs).DistinctBy(name => name.Key).ToDictionary(StringComparer.Ordinal);
    }
}

/// <summary>What the page of the audit shows.</summary>
/// <param name="Asked">The filters.</param>
/// <param name="Page">What they found.</param>
/// <param name="Names">Of whoever did something.</param>
/// <param name="Export">The same as a file.</param>
internal sealed record AuditList(AuditQuestion Asked, Page<AuditRow> Page, IReadOnlyDictionary<string, string> Names, string Export);

/// <summary>One value of an entry, as it was and as it became; null: it is not in it.</summary>
internal sealed record ValueChange(string Name, string? Old, string? New)
{
    /// <summary>All values of an entry that say something, in its order.</summary>
    public static IReadOnlyList<ValueChange> Of(AuditRow row)
    {
        var (before, after) = (Values(row.OldValues), Values(row.NewValues));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal).Select(name => new ValueChange(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
                .Where(change => change.Old is not null || change.New is not null),
        ];
    }

    private static Dictionary<string, string?> Values(JsonElement? values) => values switch
    {
        { ValueKind: JsonValueKind.Object } parent => parent.EnumerateObject().ToDictionary(member => member.Name, member => Text(member.Value), StringComparer.Ordinal),
        { } other => new(StringComparer.Ordinal) { [""] = Text(other) },
        null => [],
    };

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };
}
