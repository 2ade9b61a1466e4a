using Alur.Host.Commands.Demo;

namespace Alur.Host.Tests.Demo;

public sealed class CountsOfServerTests
{
    private static readonly OwnCounts Some = OwnCounts.None with { Visits = 7 };

    [Theory]
    [InlineData(true, false)] // it was back by the time its silence was over
    [InlineData(false, true)] // it went just after it was asked
    [InlineData(true, true)]
    public async Task A_server_that_is_away_while_it_is_asked_leaves_its_last_counts(bool before, bool after)
    {
        var (away, silent) = (false, false);
        var counts = new CountsOfServer(Answer, () => away, TimeSpan.FromMilliseconds(50));
        Assert.Equal(7, (await counts.Latest(default)).Visits);

        (away, silent) = (before, true);
        Assert.Equal(7, (await counts.Latest(default)).Visits);

        async Task<OwnCounts> Answer(CancellationToken ct)
        {
            if (!silent)
                return Some;
            if (away)
                await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            away = after;
            throw new HttpRequestException("no answer");
        }
    }

    [Fact]
    public async Task A_server_that_should_be_there_and_does_not_answer_is_told()
    {
        var counts = new CountsOfServer(_ => throw new HttpRequestException("no answer"), () => false, TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<HttpRequestException>(() => counts.Latest(default));
    }

    [Fact]
    public async Task Whoever_gives_up_is_obeyed_while_the_server_is_away()
    {
        using var interrupted = new CancellationTokenSource();
        var counts = new CountsOfServer(async ct =>
        {
            await interrupted.CancelAsync();
            ct.ThrowIfCancellationRequested();
            return Some;
        }, () => true, TimeSpan.FromSeconds(2));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counts.Latest(interrupted.Token));
    }
}
