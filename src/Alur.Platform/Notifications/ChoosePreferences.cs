using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>How somebody wants to be told, by type.</summary>
internal static class ChoosePreferences
{
    private const string ReadSql = "select p.type, p.in_app, p.email_from from realtime.notification_preferences p where p.user_id = @user";

    private const string WriteSql = """
        with gone as (
            delete from realtime.notification_preferences p where p.user_id = @user and p.type <> all (@type)
        )
        insert into realtime.notification_preferences (user_id, type, in_app, email_from)
        select @user, w.type, w.in_app, w.email_from from unnest(@type, @in_app, @email_from) as w(type, in_app, email_from) order by w.type
        on conflict (user_id, type) do update set in_app = excluded.in_app, email_from = excluded.email_from
        """;

    /// <summary>How the caller is told, of each type.</summary>
    public static async Task<Answer<IReadOnlyDictionary<string, Preference>>> Show(HttpContext http, NpgsqlDataSource database, CancellationToken ct) =>
        (Result<IReadOnlyDictionary<string, Preference>>)await Read(database, http.AccountId(), ct);

    /// <summary>From now on the caller is told so; of a type that is left out or null, as whoever never chose.</summary>
    public static async Task<Answer<IReadOnlyDictionary<string, Preference>>> Handle(
        [FromBody] Dictionary<string, Preference?> preferences, HttpContext http, NpgsqlDataSource database, CancellationToken ct) =>
        await Run(database, http.AccountId(), preferences.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!, StringComparer.Ordinal), ct);

    /// <summary>All six, whether chosen or not.</summary>
    public static async Task<Dictionary<string, Preference>> Read(NpgsqlDataSource database, Guid user, CancellationToken ct)
    {
        var chosen = (await database.Statement(ReadSql, ("user", user)).Rows(r => (Type: r.GetString(0), Wish: new Preference(r.GetBoolean(1), r.Maybe<string>(2))), ct))
            .ToDictionary(row => row.Type, row => row.Wish, StringComparer.Ordinal);
        return NotificationWords.AllTypes.ToDictionary(type => type.Word(), type => chosen.GetValueOrDefault(type.Word()) ?? Preference.Default(type), StringComparer.Ordinal);
    }

    /// <summary>Refused: <c>NOTIFICATION_TYPE_UNKNOWN</c>, <c>PRIORITY_UNKNOWN</c>.</summary>
    public static async Task<Result<IReadOnlyDictionary<string, Preference>>> Run(
        NpgsqlDataSource database, Guid user, IReadOnlyDictionary<string, Preference> wanted, CancellationToken ct)
    {
        foreach (var (type, wish) in wanted)
        {
            if (NotificationWords.TypeOf(type) is null) return new NotificationTypeUnknown(type, type, [.. NotificationWords.AllTypes.Select(known => known.Word())]);
            if (wish.EmailFrom is { } priority && NotificationWords.PriorityOf(priority) is null) return new PriorityUnknown(priority, type);
        }

        string?[] emails = [.. wanted.Values.Select(wish => wish.EmailFrom)];
        await database.Statement(WriteSql, ("user", user), ("type", wanted.Keys.ToArray()), ("in_app", wanted.Values.Select(wish => wish.InApp).ToArray()), ("email_from", emails)).Run(ct);
        return await Read(database, user, ct);
    }
}
