using System.Text;
using Alur.Platform.Identity;
using Alur.Platform.Results;

namespace Alur.Platform.Webhooks;

/// <summary>Secrets as the database keeps them: encrypted with the key of second factors, bound to their endpoint.</summary>
internal sealed class WebhookSecrets(SecondFactorKeys keys)
{
    /// <summary>Refused: <c>WEBHOOK_KEY_MISSING</c>.</summary>
    public Result<byte[]> Seal(Guid endpoint, byte[] secret)
    {
        var kept = keys.Seal(Owner(endpoint), secret);
        return kept.Ok ? kept : new WebhookKeyMissing((kept.Error as SecondFactorKeyMissing)?.Why ?? kept.Error.Message);
    }

    /// <summary>The secrets that are kept so, in their order. Refused: <c>WEBHOOK_KEY_MISSING</c>.</summary>
    public Result<IReadOnlyList<byte[]>> Open(Guid endpoint, IEnumerable<byte[]> stored)
    {
        var opened = stored.Select(secret => keys.Open(Owner(endpoint), secret)).ToList();
        return opened.TrueForAll(secret => secret.Ok)
            ? opened.ConvertAll(secret => secret.Value)
            : new WebhookKeyMissing($"The secret of this webhook was encrypted with a key that is not in {keys.Place ?? "Identity:SecondFactorKeyFile, which names no file"}. Put its line back from the copy that was kept, or give the webhook another secret.");
    }

    /// <summary>Whether it is encrypted with the key that encrypts now.</summary>
    public bool IsCurrent(byte[] stored) => keys.IsCurrent(stored);

    // An account's secret put here, or the other way round, is refused.
    private static byte[] Owner(Guid endpoint) => Encoding.UTF8.GetBytes($"webhook:{endpoint}");
}
