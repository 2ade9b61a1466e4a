using System.Text.Json;

namespace Alur.Platform.Audit;

/// <summary>What can be done to a resource, in the specified words (<c>PAYMENT_INIT</c> is <see cref="PaymentInit"/>).</summary>
public enum AuditAction
{
    /// <summary>Made; new values.</summary>
    Create,

    /// <summary>Changed; old and new values. Also a reset, a pause, a requeue.</summary>
    Update,

    /// <summary>Removed or ended; old values.</summary>
    Delete,

    /// <summary>Signed in.</summary>
    Login,

    /// <summary>Signed out.</summary>
    Logout,

    /// <summary>Something protected was read.</summary>
    View,

    /// <summary>A payment was asked for.</summary>
    PaymentInit,

    /// <summary>A payment arrived.</summary>
    PaymentSuccess,

    /// <summary>A payment was denied or did not arrive.</summary>
    PaymentFailed,

    /// <summary>Data left as a file.</summary>
    Export,

    /// <summary>Data came in from a file.</summary>
    Import,

    /// <summary>What an account may do changed.</summary>
    RoleChange,
}

/// <summary>How long entries about a resource are kept; <see cref="AuditOptions"/> has the years.</summary>
public enum AuditClass
{
    /// <summary>Whatever is not medical.</summary>
    General,

    /// <summary>What belongs to the medical record: 25 years at least.</summary>
    Medical,
}

/// <summary>A kind of thing that is audited. Declared once, beside what it names.</summary>
/// <param name="Name">In lower-case words joined by underscores, such as <c>api_keys</c>; it never changes.</param>
/// <param name="Class">How long its entries are kept.</param>
public sealed record AuditResource(string Name, AuditClass Class = AuditClass.General);

/// <summary>One thing that was done.</summary>
/// <param name="Action">What.</param>
/// <param name="Resource">To what kind of thing.</param>
/// <param name="ResourceId">To which one; null: to none or all of them.</param>
/// <param name="OldValues">What changed, as it was; an object whose properties become JSON. Secrets are redacted by their names.</param>
/// <param name="NewValues">What changed, as it is now; likewise.</param>
public sealed record AuditEntry(AuditAction Action, AuditResource Resource, string? ResourceId = null, object? OldValues = null, object? NewValues = null);

/// <summary>The specified words of the actions.</summary>
internal static class AuditWords
{
    private static readonly Dictionary<AuditAction, string> Words =
        Enum.GetValues<AuditAction>().ToDictionary(action => action, action => JsonNamingPolicy.SnakeCaseUpper.ConvertName(action.ToString()));

    public static IEnumerable<string> All => Words.Values;

    public static string Word(this AuditAction action) => Words[action];
}
