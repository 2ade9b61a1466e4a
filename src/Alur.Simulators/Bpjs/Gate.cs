using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Alur.Simulators.Bpjs;

/// <summary>Lets in who knows the secret and the time. Real time, not the hospital's: a signature is about now.</summary>
internal sealed class Gate(BpjsSimulatorOptions options)
{
    /// <summary>The refusal, or null with the timestamp that seals the answer.</summary>
    public Answer? Refuse(IHeaderDictionary headers, out string timestamp)
    {
        timestamp = headers["X-timestamp"].ToString();
        if (headers["X-cons-id"] != options.ConsId)
        {
            return InventedAnswers.UnknownConsumer;
        }

        if (headers["user_key"] != options.UserKey)
        {
            return InventedAnswers.WrongUserKey;
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((DateTimeOffset.UtcNow + options.ClockOffset).ToUnixTimeSeconds() - seconds) > options.TimestampTolerance.TotalSeconds)
        {
            return InventedAnswers.Expired;
        }

        return Sealer.IsSigned(headers["X-signature"].ToString(), options.ConsId, options.SecretKey, timestamp) ? null : InventedAnswers.WrongSignature;
    }
}
