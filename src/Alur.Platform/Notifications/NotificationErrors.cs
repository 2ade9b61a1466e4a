using Alur.Platform.Results;

namespace Alur.Platform.Notifications;

internal sealed record NotificationNotFound() : NotFound(
    "NOTIFICATION_NOT_FOUND", "You have no such notification. Those that were read are kept for 90 days, others for a year.");

internal sealed record NotificationTypeUnknown(string Type, string Field, IEnumerable<string> Known) : Invalid(
    "NOTIFICATION_TYPE_UNKNOWN", $"There is no '{Type}' here. Known: {string.Join(", ", Known)}.", Field);

internal sealed record PriorityUnknown(string Priority, string Field) : Invalid(
    "PRIORITY_UNKNOWN", $"There is no priority '{Priority}'. Known: {string.Join(", ", NotificationWords.AllPriorities.Select(known => known.Word()))}.", Field);

internal sealed record AudienceUnknown(string Audience, IEnumerable<string> Known) : Invalid(
    "AUDIENCE_UNKNOWN", $"Nobody is meant by '{Audience}'. Known: {string.Join(", ", Known)}.", "to");

internal sealed record AudienceEmpty() : Conflict(
    "AUDIENCE_EMPTY", "Nobody of those has an account that works, or all of them switched such notifications off. Nothing was sent.", "to");

internal sealed record NotificationTitleInvalid() : Invalid(
    "NOTIFICATION_TITLE_INVALID", "A title has 1 to 200 characters on one line.", "title");

internal sealed record NotificationMessageInvalid() : Invalid(
    "NOTIFICATION_MESSAGE_INVALID", "A message has 1 to 2,000 characters.", "message");
