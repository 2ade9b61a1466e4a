using System.Collections.Concurrent;
using Alur.Platform.Texts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>What the pump tells people. An outage of the database is one line when it begins and one when it ends.</summary>
internal sealed partial class PumpLog(ILogger logger, TimeProvider? clock = null)
{
    /// <summary>How often a pause is told that is renewed again and again.</summary>
    private static readonly TimeSpan StillPaused = TimeSpan.FromHours(1);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, (string Fingerprint, long Told)> _paused = new(StringComparer.Ordinal);
    private int _away;
    private int _failing;

    public void DatabaseIsAway(Exception ex)
    {
        if (Interlocked.Exchange(ref _away, 1) == 0) LogAway(OutsideText.Clean(ex.Message));
    }

    public void DatabaseIsBack()
    {
        if (Volatile.Read(ref _away) == 1 && Interlocked.Exchange(ref _away, 0) == 1) LogBack();
    }

    /// <summary>Something that nobody foresaw, told once until the pump works again.</summary>
    public void PumpFailed(Exception ex)
    {
        if (Interlocked.Exchange(ref _failing, 1) == 0) LogPumpFailed(ex);
    }

    /// <summary>A whole round went well.</summary>
    public void PumpIsBack()
    {
        DatabaseIsBack();
        Volatile.Write(ref _failing, 0);
    }

    /// <summary>A destination that refuses us pauses its channel every few minutes: told once, then rarely, until it takes something or says something else.</summary>
    public void Paused(string channel, DateTimeOffset until, string reason)
    {
        var fingerprint = Fingerprint.Of(null, reason);
        if (_paused.TryGetValue(channel, out var last) && last.Fingerprint == fingerprint && _clock.GetElapsedTime(last.Told) < StillPaused)
            return;
        _paused[channel] = (fingerprint, _clock.GetTimestamp());
        LogPaused(channel, until, reason);
    }

    /// <summary>The destination took something: the next pause is news again.</summary>
    public void Flows(string channel)
    {
        if (!_paused.IsEmpty) _paused.TryRemove(channel, out _);
    }

    public void Refused(PostgresException ex, string channel, long jobId) => LogRefused(jobId, channel, ex.SqlState, OutsideText.Clean(ex.MessageText));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deliveries wait: the database is not reachable ({Reason}).")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deliveries go on: the database is back.")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "The result of job {JobId} of {Channel} could not be stored as it is: {SqlState} {Reason}")]
    private partial void LogRefused(long jobId, string channel, string sqlState, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping without the database; results that are not settled: {Results}. Their leases run out and the jobs go out again.")]
    public partial void GaveUp(int results);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} makes no calls until {Until:u}: {Reason}")]
    private partial void LogPaused(string channel, DateTimeOffset until, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Breaker {Breaker} is {State}: {Reason}")]
    public partial void BreakerChanged(string breaker, string state, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Jobs of {Channel} that failed while the destination was down go out again: {Jobs}")]
    public partial void RequeuedAfterOutage(int jobs, string channel);

    [LoggerMessage(Level = LogLevel.Error, Message = "The delivery pump failed; it is tried again, and this line appears once until it succeeds.")]
    private partial void LogPumpFailed(Exception ex);
}
