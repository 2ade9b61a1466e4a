using System.Globalization;
using Alur.Platform.Results;

namespace Alur.Platform.Webhooks;

internal sealed record WebhookUrlInvalid() : Invalid(
    "WEBHOOK_URL_INVALID",
    "The address begins with https://, has a port of 443 or from 1024 on, and neither a user name nor a part behind #. Plain http:// is for receivers of the house, with Webhooks:AllowPrivateAddresses.",
    "url");

internal sealed record WebhookAddressRefused(string Why) : Invalid("WEBHOOK_ADDRESS_REFUSED", Why, "url");

internal sealed record WebhookHostUnknown(string Host) : Invalid(
    "WEBHOOK_HOST_UNKNOWN", $"Nobody knows a host {Host}. See whether the address is right.", "url");

internal sealed record WebhookTypesInvalid() : Invalid(
    "WEBHOOK_TYPES_INVALID", "Name 1 to 50 types of events: exactly, such as antrean.TASK_SENT, by their beginning, such as antrean.*, or * for all.", "event_types");

internal sealed record WebhookTypeUnknown(IReadOnlyList<string> Unknown, IReadOnlyList<string> Known) : Invalid(
    "WEBHOOK_TYPE_UNKNOWN", $"Nothing that happens here is of this type: {string.Join(", ", Unknown)}. There are: {string.Join(", ", Known)}.", "event_types")
{
    public override IReadOnlyList<string> Named => [string.Join(", ", Unknown)];
}

internal sealed record WebhookDescriptionTooLong() : Invalid(
    "WEBHOOK_DESCRIPTION_TOO_LONG", "A description has 200 characters at most.", "description");

internal sealed record WebhookKeyMissing(string Why) : Conflict(
    "WEBHOOK_KEY_MISSING", $"There is no key that the secret could be kept with. {Why}");

internal sealed record WebhookSecretChanging(DateTimeOffset Until) : Conflict(
    "WEBHOOK_SECRET_CHANGING",
    string.Create(CultureInfo.InvariantCulture, $"The secret was changed less than a day ago, and the one before signs too until {Until.UtcDateTime:u}. Change it again after that; where both are in wrong hands, delete the webhook and enter it anew."));

internal sealed record WebhookNotFound() : NotFound(
    "WEBHOOK_NOT_FOUND", "There is no such webhook, or it was deleted.");

internal sealed record WebhookIsOff() : Conflict(
    "WEBHOOK_IS_OFF", "This webhook is switched off, so nothing is sent to it. Switch it on first.");
