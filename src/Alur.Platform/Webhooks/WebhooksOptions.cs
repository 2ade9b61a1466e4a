namespace Alur.Platform.Webhooks;

/// <summary>Section <c>Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Lets receivers on this machine and in the house's own networks be called, by plain HTTP too. Off: only https to public addresses, so that nobody who
    /// may enter a receiver can reach what stands behind the firewall.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }
}
