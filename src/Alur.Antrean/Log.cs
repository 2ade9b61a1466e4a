using Microsoft.Extensions.Logging;

namespace Alur.Antrean;

/// <summary>Every line the module logs. The visit number is the only thing here that belongs to a patient.</summary>
internal static partial class Log
{
    [LoggerMessage(Message = "Updated {Label} progress untuk {VisitId}")]
    public static partial void Observed(this ILogger log, LogLevel level, string label, string visitId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Site {Site}: {Count} tasks of visits were found at once, as at a first look; they are logged one by one from the level Debug on (Logging:LogLevel:Alur.Antrean)")]
    public static partial void ObservedMany(this ILogger log, string site, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "REGISTER event tidak ditemukan untuk {VisitId}, skip {Label}")]
    public static partial void WithoutRegister(this ILogger log, string visitId, string label);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queued update {VisitId} (task_id {Task})")]
    public static partial void Queued(this ILogger log, string visitId, string task);

    [LoggerMessage(Level = LogLevel.Information, Message = "Registered at BPJS by the hospital's desktop: {VisitId}")]
    public static partial void FoundRegistered(this ILogger log, string visitId);

    [LoggerMessage(Level = LogLevel.Information, Message = "BPJS has task {Task} of {VisitId} from a call that got no answer")]
    public static partial void FoundUnanswered(this ILogger log, string visitId, string task);

    [LoggerMessage(Level = LogLevel.Warning, Message = "BPJS does not know {VisitId} any more: it is registered again, once")]
    public static partial void Reopened(this ILogger log, string visitId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Site {Site}: visits left out, because tgl_registrasi in Khanza is no readable date: {Count} ({VisitIds}). Mend the date there; ./alur antrean report lists them")]
    public static partial void Undated(this ILogger log, string site, int count, string visitIds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Site {Site}: no visit is left out for its date any more")]
    public static partial void NoneUndated(this ILogger log, string site);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Khanza of site {Site} is not read. {Reason}")]
    public static partial void NotPolled(this ILogger log, string site, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Site {Site}: visits that began before {Before:yyyy-MM-dd HH:mm} are looked up at BPJS before anything of them is sent")]
    public static partial void LooksUp(this ILogger log, string site, DateTimeOffset before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Site {Site} has Mode send, but nothing is sent. Not configured: {Missing}")]
    public static partial void NothingSent(this ILogger log, string site, string missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Site {Site}: {By} had switched it to {Switched}, but {Why}, so the configuration counts again: Mode {Mode}")]
    public static partial void ConfigurationTookOver(this ILogger log, string site, string by, string switched, string why, string mode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Site {Site} {Does} from now on. Switched by {By}")]
    public static partial void Switched(this ILogger log, string site, string does, string by);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Whether hospitals send was not read: {Why}")]
    public static partial void ModesUnread(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Site {Site}: tasks that failed because the result of their call could not be stored: {Count}")]
    public static partial void Unsettled(this ILogger log, string site, int count);
}
