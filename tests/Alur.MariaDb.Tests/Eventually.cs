using System.Diagnostics;

namespace Alur.MariaDb.Tests;

/// <summary>Waits for another process to have done something, with a deadline.</summary>
internal static class Eventually
{
    internal static async Task True(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), "It did not happen within 10 s.");
            await Task.Delay(20);
        }
    }
}
