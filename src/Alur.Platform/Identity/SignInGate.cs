using Alur.Platform.Results;

namespace Alur.Platform.Identity;

/// <summary>
/// Bcrypt takes a processor for a third of a second, so only so many passwords are looked at together; who comes in a flood of guesses waits a
/// little and is then sent away, and the rest of the server goes on.
/// </summary>
internal sealed class SignInGate(TimeSpan patience) : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    public SignInGate()
        : this(TimeSpan.FromSeconds(5))
    {
    }

    /// <summary>Does the work once there is a place. Refused, without having begun: <c>SIGN_IN_BUSY</c>.</summary>
    public async Task<Result<T>> Pass<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (!await _places.WaitAsync(patience, ct))
        {
            return new SignInBusy();
        }

        try
        {
            return await work();
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
