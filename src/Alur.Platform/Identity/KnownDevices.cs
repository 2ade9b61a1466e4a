using Alur.Platform.Data;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// The browsers in which somebody has signed in to an account. Each has tries of its own, so that wrong ones of strangers, who need to know no more than an
/// address, do not keep the holder out of the browser they use every day. A device opens nothing: the password is asked for all the same.
/// </summary>
internal sealed class KnownDevices(NpgsqlDataSource database)
{
    /// <summary>Of one account; the one that was not used for longest is forgotten for another.</summary>
    public const int Most = 10;

    /// <summary>Days after the last sign-in that a device is known.</summary>
    public const int Days = 180;

    private const string KnowsSql = """
        select exists (select from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = @email and d.hash = @device)
        """;

    // A name that nobody was given is not taken from a caller; one that another account was given in the same browser serves both.
    private const string IsGivenSql = "select exists (select from identity.known_devices where hash = @device)";

    // The account's row is held, so that two sign-ins at once do not leave one too many.
    private const string RememberSql = """
        with gone as (
            delete from identity.known_devices d
            where d.user_id = @user and d.hash in (
                select o.hash from identity.known_devices o where o.user_id = @user and o.hash <> @device order by o.last_at desc, o.hash offset @others)
        )
        insert into identity.known_devices as d (user_id, hash) values (@user, @device)
        on conflict (user_id, hash) do update set tries = 0, locked_until = null, last_at = now()
        """;

    // Whoever comes with a device of the account had no part in what strangers tried.
    private const string SucceedSql = """
        with own as (
            update identity.known_devices set tries = 0, locked_until = null where user_id = @user and hash = @device and @known
        )
        update identity.sign_ins set tries = 0, locked_until = null where user_id = @user and not @known
        """;

    private const string ForgetSql = "delete from identity.known_devices where user_id = @user and (@but::bytea is null or hash <> @but)";

    private const string UnlockSql = "update identity.known_devices set tries = 0, locked_until = null where user_id = @user and tries > 0";

    /// <summary>Whether somebody has signed in to this account with the device.</summary>
    public async Task<bool> Knows(string email, byte[] device, CancellationToken ct) =>
        (await database.Statement(KnowsSql, ("email", email), ("device", device)).Rows(r => r.GetBoolean(0), ct)).Single();

    /// <summary>From now on the device is known to the account. Its name: the one that it came with, if we gave it that, else a new one.</summary>
    public static async Task<string> Remember(NpgsqlTransaction tx, Guid user, string? given, CancellationToken ct)
    {
        var isOurs = given is not null && (await tx.Statement(IsGivenSql, ("device", Secrets.Hash(given))).Rows(r => r.GetBoolean(0), ct)).Single();
        var name = isOurs ? given! : Secrets.New();
        await tx.Statement(RememberSql, ("user", user), ("device", Secrets.Hash(name)), ("others", Most - 1)).Run(ct);
        return name;
    }

    /// <summary>The password was right: the tries of whoever gave it are forgotten, and nobody else's.</summary>
    public static Task Succeed(NpgsqlTransaction tx, Account account, string? device, CancellationToken ct) =>
        tx.Statement(SucceedSql, ("user", account.Id), ("device", Secrets.Hash(device ?? "")), ("known", account.IsKnownDevice)).Run(ct);

    /// <summary>Whoever signed in by an older password is a stranger again, except in the browser that chose the new one.</summary>
    public static Task Forget(NpgsqlTransaction tx, Guid user, string? but, CancellationToken ct) =>
        tx.Statement(ForgetSql, ("user", user), ("but", but is null ? null : Secrets.Hash(but))).Run(ct);

    /// <summary>Lifts their locks.</summary>
    public static Task Unlock(NpgsqlTransaction tx, Guid user, CancellationToken ct) => tx.Statement(UnlockSql, ("user", user)).Run(ct);
}

/// <summary>The cookie by which a browser is known again; it stays after signing out and is sent with nothing that another site asks for.</summary>
internal static class DeviceCookie
{
    public const string Name = "alur_device";

    private const int Longest = 64;

    /// <summary>What the browser came with; null: nothing, or nothing that we could have given it.</summary>
    public static string? Of(HttpContext http) => http.Request.Cookies[Name] is { Length: > 0 and <= Longest } name ? name : null;

    public static void Give(HttpContext http, string name) => http.Response.Cookies.Append(Name, name, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = SessionCookie.IsTls(http),
        Path = "/",
        MaxAge = TimeSpan.FromDays(KnownDevices.Days),
    });
}
