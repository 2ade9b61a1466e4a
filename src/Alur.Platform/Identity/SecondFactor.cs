using System.Security.Claims;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Confirms what <see cref="BeginSecondFactor"/> began: from now on a code of the phone is asked for.</summary>
internal static class SecondFactor
{
    private const string LookSql = "select totp_secret from identity.sign_ins where user_id = @user and totp_since is null";

    private const string ConfirmSql = """
        update identity.sign_ins set totp_since = now(), totp_last_step = @step where user_id = @user and totp_since is null and totp_secret = @secret
        """;

    /// <summary>Confirms it with a first code.</summary>
    public static async Task<Answer<Confirmed>> Confirm([FromBody] Request request, HttpContext http, NpgsqlDataSource database, SecondFactorKeys keys, TriesByName tries, CancellationToken ct)
    {
        if (tries.Count($"code:{http.Actor().Label}") is { } refusal)
        {
            return refusal;
        }

        var user = Id(http.User);
        var stored = (await database.Statement(LookSql, ("user", user)).Rows(r => r.Maybe<byte[]>(0), ct)).SingleOrDefault();
        if (stored is null)
        {
            return new SecondFactorIsOn();
        }

        var secret = keys.Open(user, stored);
        if (!secret.Ok)
        {
            return secret.Error;
        }

        return Totp.StepOf(request.Code ?? "", secret.Value, DateTimeOffset.UtcNow) is { } step && await Keep(http, database, stored, step, ct)
            ? new Confirmed(SecondFactor: true)
            : new CodeWrong();
    }

    private static async Task<bool> Keep(HttpContext http, NpgsqlDataSource database, byte[] stored, long step, CancellationToken ct)
    {
        var user = Id(http.User);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(ConfirmSql, ("user", user), ("step", step), ("secret", stored)).Run(ct) == 0)
        {
            return false;
        }

        await WriteAudit.Run(tx, http.AuditOrigin(), new AuditEntry(AuditAction.Update, Audited.Users, user.ToString(), NewValues: new { second_factor = true }), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    private static Guid Id(ClaimsPrincipal caller) => Guid.Parse(caller.Actor().Id!);

    /// <summary>The first code.</summary>
    public sealed record Request([property: JsonPropertyName("code")] string? Code = null);
}

/// <summary>Whether a code is asked for from now on.</summary>
public sealed record Confirmed([property: JsonPropertyName("second_factor")] bool SecondFactor);
