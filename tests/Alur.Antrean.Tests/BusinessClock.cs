using System.Collections.Concurrent;
using Alur.Simulators;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Tests;

/// <summary>Business time: 20 January 2026, 20:00 in Jakarta, so that the whole day is past; tests move it.</summary>
internal sealed class BusinessClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 20, 20, 0, 0, TimeSpan.FromHours(7));

    /// <summary>The same time for a server that is configured, which stands still there.</summary>
    public string Standing => new HospitalClock(Now, Now.AddHours(1), 1, DateTimeOffset.UtcNow.AddDays(1)).ToString();

    public override DateTimeOffset GetUtcNow() => Now.ToUniversalTime();
}

/// <summary>Everything that was logged, as text.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
