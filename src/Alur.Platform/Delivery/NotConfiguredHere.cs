namespace Alur.Platform.Delivery;

/// <summary>A node lacks the settings of a channel. Another may have them, and this one may get them: what waits is sent then.</summary>
internal static class NotConfiguredHere
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    /// <summary>Leaves the job for whoever can send it.</summary>
    /// <param name="what">The missing or wrong setting, as the subject of a sentence and with its verb.</param>
    public static DeliveryReport Because(string what) => new(
        new NotYet(DateTimeOffset.UtcNow + Wait, $"{what} on the server {Environment.MachineName}. It goes out when a server with that setting takes its turn."), Exchange: null);
}
