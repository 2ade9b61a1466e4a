using System.Collections.Concurrent;
using Alur.Platform.Alerts;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Web;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Tests.Delivery;

/// <summary>What pumps, alerts, accounts and the edge tell people, line by line.</summary>
public sealed class KeptLines : ILogger<DeliveryPump>, ILogger<RaiseAlerts>, ILogger<ClientAddress.UnnamedProxy>, ILogger<SealSecondFactors>, ILogger<FailureForm>, ILogger<UnavailableLog>, ILogger<TellUnnamedProxies>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));
}
