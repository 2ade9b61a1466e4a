using Alur.Platform.Results;

namespace Alur.Antrean.Board;

internal sealed record SiteNotFound(string Site) : NotFound(
    "SITE_NOT_FOUND", $"There is no site '{Site}' here.", "site");

internal sealed record SiteNeverServed(string Site) : Conflict(
    "SITE_NEVER_SERVED", $"Nothing was ever read for site '{Site}': start the server first (./alur serve), with Antrean:Sites:{Site}:Mode observe.", "site");

internal sealed record VisitNotFound(string VisitId) : NotFound(
    "VISIT_NOT_FOUND", $"No visit '{VisitId}' was read from Khanza for this site.", "visit_id");

internal sealed record VisitOutsideWindow(string VisitId, int Days) : Conflict(
    "VISIT_OUTSIDE_WINDOW", $"Visit '{VisitId}' is older than what is read again from Khanza (LookBackDays: {Days}).", "visit_id");

internal sealed record JobNotFound(long Id) : NotFound(
    "JOB_NOT_FOUND", $"There is no queue row {Id}.", "id");

internal sealed record JobNotRequeueable(long Id, string Status) : Conflict(
    "JOB_NOT_REQUEUEABLE", $"Queue row {Id} is {Status}; only FAILED rows are requeued.", "id");

internal sealed record FilterRequired() : Invalid(
    "FILTER_REQUIRED", "Say which rows: visit_id, task_id or fingerprint. There is no way to requeue everything by accident.");

internal sealed record UnknownValue(string Field, string Value, IEnumerable<string> Known) : Invalid(
    "INVALID_PARAMETER", $"'{Value}' is not one of {string.Join(", ", Known)}.", Field);

internal sealed record ChannelNotConfigured(string Site, string Reason) : Conflict(
    "CHANNEL_NOT_CONFIGURED", $"The channel of site '{Site}' cannot be resumed: {Reason}", "site");

internal sealed record PauseEndsBeforeItBegins() : Invalid(
    "INVALID_PARAMETER", "'until' lies in the past.", "until");

internal sealed record SendNotReady(string Site, IReadOnlyList<string> Missing) : Conflict(
    "SEND_NOT_READY", $"Site '{Site}' cannot send yet. Missing: {string.Join(", ", Missing.Select(key => $"Antrean:Sites:{Site}:{key}"))}. Fill them in in alur.json and restart the server.", "mode");

internal sealed record StartOutOfRange(string Site, DateTimeOffset First, DateTimeOffset Last) : Unprocessable(
    "SEND_FROM_OUT_OF_RANGE", $"Site '{Site}' can send from {First:yyyy-MM-ddTHH:mmK} on at the earliest (the configured SendFrom, else the days that are read) and {Last:yyyy-MM-ddTHH:mmK} at the latest.", "send_from");

internal sealed record StartWithoutSending() : Invalid(
    "INVALID_PARAMETER", "'send_from' belongs to mode send.", "send_from");

internal sealed record StartUnreadable(string Value) : Invalid(
    "INVALID_PARAMETER", $"'{Value}' is not a date and time such as 2026-11-23T00:00, or with an offset 2026-11-23T00:00:00+07:00.", "send_from");

internal sealed record BpjsNotConfigured(string Site, string Missing) : Conflict(
    "BPJS_NOT_CONFIGURED", $"BPJS cannot be asked for site '{Site}': {Missing} missing.", "site");
