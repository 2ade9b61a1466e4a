using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Alur.Platform.Identity;

/// <summary><c>/api/admin/users</c>: what <c>alur user</c> does, for administrators in a browser; every change is in the audit.</summary>
public static class UserRoutes
{
    /// <summary>Under a prefix that only administrators may call.</summary>
    public static IEndpointRouteBuilder MapUsers(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/users", List);
        admin.MapGet("/users/{email}", One);

        // Both answer with a link that is shown once.
        var links = admin.MapGroup("/users").TakeIdempotencyKeysExactly();
        links.MapPost("", Add);
        links.MapPost("/{email}/reset", Reset);

        var changes = admin.MapGroup("/users/{email}").TakeIdempotencyKeys().TakeIfMatch();
        changes.MapPost("/disable", Disable);
        changes.MapPost("/enable", Enable);
        changes.MapPost("/role", Role);
        changes.MapPost("/grants", Grants);
        admin.MapPost("/users/{email}/erase", Erase).TakeIdempotencyKeys(); // whatever it is by now
        return admin;
    }

    /// <summary>Every account, by e-mail address.</summary>
    private static async Task<Answer<IReadOnlyList<User>>> List(ListUsers users, CancellationToken ct) => Result(await users.Run(ct));

    /// <summary>One account, with its version as ETag.</summary>
    private static async Task<Answer<User>> One([FromRoute] string email, ListUsers users, HttpContext http, CancellationToken ct)
    {
        var user = await users.One(email, ct);
        if (user.Ok) http.ShowVersion(user.Value.Version);
        return user;
    }

    /// <summary>Makes an account; gives the link by which its holder chooses a password.</summary>
    private static async Task<Answer<SetUpLink>> Add([FromBody] AddRequest request, AddUser add, HttpContext http, CancellationToken ct)
    {
        var user = new NewUser(request.Email ?? "", request.Name ?? request.Email ?? "", request.Phone, request.Role ?? Policies.Client, request.Grants ?? []);
        return await add.Run(user, http.AuditOrigin(), (tx, link) => http.KeepAnswer(tx, link, ct), ct);
    }

    /// <summary>Makes another such link and lifts the lock after wrong tries.</summary>
    private static async Task<Answer<SetUpLink>> Reset([FromRoute] string email, [FromBody] ResetRequest request, ResetUser reset, HttpContext http, CancellationToken ct) =>
        await reset.Run(email, request.SecondFactor, http.AuditOrigin(), (tx, link) => http.KeepAnswer(tx, link, ct), ct);

    /// <summary>Lets nobody sign in by it any more, and ends its sessions.</summary>
    private static async Task<Answer<Changed>> Disable([FromRoute] string email, DisableUser disable, HttpContext http, CancellationToken ct) =>
        await Change(http, seen => disable.Run(email, seen, http.AuditOrigin(), ct));

    /// <summary>Lets its holder sign in again.</summary>
    private static async Task<Answer<Changed>> Enable([FromRoute] string email, DisableUser disable, HttpContext http, CancellationToken ct) =>
        await Change(http, seen => disable.Undo(email, seen, http.AuditOrigin(), ct));

    /// <summary>Erases a disabled account in place; what it did stays, without whose it was.</summary>
    private static async Task<Answer<Changed>> Erase([FromRoute] string email, EraseUser erase, HttpContext http, CancellationToken ct)
    {
        var erased = await erase.Run(email, http.AuditOrigin(), ct);
        return erased.Ok ? new Changed(erased.Value) : erased.Error;
    }

    /// <summary>Gives it another role.</summary>
    private static async Task<Answer<Changed>> Role([FromRoute] string email, [FromBody] RoleRequest request, ChangeUser change, HttpContext http, CancellationToken ct) =>
        await Change(http, seen => change.Role(email, request.Role ?? "", seen, http.AuditOrigin(), ct));

    /// <summary>Gives it exactly these grants.</summary>
    private static async Task<Answer<Changed>> Grants([FromRoute] string email, [FromBody] GrantsRequest request, ChangeUser change, HttpContext http, CancellationToken ct) =>
        await Change(http, seen => change.Grants(email, request.Grants ?? [], seen, http.AuditOrigin(), ct));

    private static async Task<Answer<Changed>> Change(HttpContext http, Func<Precondition?, Task<Result<Guid>>> change)
    {
        var seen = Precondition.Of(http);
        if (!seen.Ok)
        {
            return seen.Error;
        }

        var done = await change(seen.Value);
        return done.Ok ? new Changed(done.Value) : done.Error;
    }

    private static Answer<IReadOnlyList<User>> Result(IReadOnlyList<User> users) => (Result<IReadOnlyList<User>>)users.ToList();

    /// <summary>Somebody who is to have an account.</summary>
    /// <param name="Email">Signs in by it.</param>
    /// <param name="Name">Shown to others; the address unless given.</param>
    /// <param name="Phone">8 to 15 digits, with a plus before them or not.</param>
    /// <param name="Role"><c>admin</c> or <c>client</c>, the default.</param>
    /// <param name="Grants">What they may do beyond the role.</param>
    public sealed record AddRequest(
        [property: JsonPropertyName("email")] string? Email = null,
        [property: JsonPropertyName("name")] string? Name = null,
        [property: JsonPropertyName("phone")] string? Phone = null,
        [property: JsonPropertyName("role")] string? Role = null,
        [property: JsonPropertyName("grants")] IReadOnlyList<string>? Grants = null);

    /// <summary>What of somebody is reset.</summary>
    /// <param name="SecondFactor">Forget the code of the phone too.</param>
    public sealed record ResetRequest([property: JsonPropertyName("second_factor")] bool SecondFactor = false);

    /// <summary>Another role.</summary>
    public sealed record RoleRequest([property: JsonPropertyName("role")] string? Role = null);

    /// <summary>Exactly these from now on.</summary>
    public sealed record GrantsRequest([property: JsonPropertyName("grants")] IReadOnlyList<string>? Grants = null);
}

/// <summary>An account that was changed.</summary>
public sealed record Changed([property: JsonPropertyName("id")] Guid Id);
