using Alur.Platform.Audit;

namespace Alur.Platform.Identity;

/// <summary>What of accounts is audited.</summary>
internal static class Audited
{
    public static AuditResource Users { get; } = new("users");

    public static AuditResource Sessions { get; } = new("sessions");

    /// <summary>Refused ones; a sign-in that went well is a session.</summary>
    public static AuditResource SignIns { get; } = new("sign_ins");

    public static AuditResource ApiKeys { get; } = new("api_keys");
}
