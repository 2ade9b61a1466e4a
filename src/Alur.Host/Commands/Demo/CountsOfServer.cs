using System.Net.Sockets;

namespace Alur.Host.Commands.Demo;

/// <summary>What the server counts; while it is away its last counts stand.</summary>
/// <param name="ask">Asks it now.</param>
/// <param name="mayBeAway">Nobody can expect an answer just now.</param>
/// <param name="patience">Of a server that is just dying, which may accept a question and never answer it.</param>
internal sealed class CountsOfServer(Func<CancellationToken, Task<OwnCounts>> ask, Func<bool> mayBeAway, TimeSpan patience)
{
    private OwnCounts _last = OwnCounts.None;

    /// <summary>The counts of now, or the last ones.</summary>
    /// <exception cref="HttpRequestException">A server that has no reason to be away did not answer.</exception>
    public async Task<OwnCounts> Latest(CancellationToken ct)
    {
        // It may go or come back while it is asked: away before or after the question is reason enough.
        var wasAway = mayBeAway();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (wasAway)
            limited.CancelAfter(patience);
        try
        {
            return _last = await ask(limited.Token);
        }
        catch (Exception e) when ((wasAway || mayBeAway()) && !ct.IsCancellationRequested && e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return _last;
        }
    }
}
