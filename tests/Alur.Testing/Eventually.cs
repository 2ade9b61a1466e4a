using Xunit;

namespace Alur.Testing;

/// <summary>Waits for what comes about by itself in another thread or process, with a deadline that only a failure meets.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    /// <summary>Returns as soon as it holds; fails after a minute.</summary>
    public static Task True(Func<bool> condition) => True(() => Task.FromResult(condition()));

    /// <inheritdoc cref="True(Func{bool})"/>
    public static async Task True(Func<Task<bool>> condition)
    {
        var deadline = DateTimeOffset.UtcNow + s_deadline;
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "It did not happen within a minute.");
            await Task.Delay(10);
        }
    }
}
