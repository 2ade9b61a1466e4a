using System.Diagnostics;

namespace Alur.Host.Tests.Launcher;

/// <summary>How <c>./alur test</c> runs the test projects, adds up, and ends.</summary>
public sealed class LaunchedTestsTests : IDisposable
{
    private readonly LaunchedCheckout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task A_broken_build_of_the_tests_is_a_failure_in_the_last_line()
    {
        await File.WriteAllTextAsync(_checkout.Environment["BREAK_BUILD"], "");

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
    }

    [Fact]
    public async Task A_build_server_that_stays_behind_holds_no_lock()
    {
        await Tests();

        Assert.Equal("", await File.ReadAllTextAsync(_checkout.Environment["CALLS"] + ".locks"));
    }

    [Theory]
    [InlineData(7, 0, 10, 0, 0, "7 passed, 0 failed, 3 skipped\n")]
    [InlineData(7, 2, 9, 1, 1, "7 passed, 2 failed, 0 skipped\n")]
    [InlineData(7, 0, 7, 139, 1, "7 passed, 1 failed, 0 skipped\n")] // crashed after reporting
    public async Task The_last_line_is_the_sum_of_what_the_projects_reported(int passed, int failed, int total, int testExit, int exitCode, string expected)
    {
        _checkout.Environment["TRX"] = $"""<ResultSummary outcome="x"><Counters total="{total}" executed="{passed + failed}" passed="{passed}" failed="{failed}" error="0" /></ResultSummary>""";
        _checkout.Environment["TEST_EXIT"] = $"{testExit}";

        Assert.Equal((exitCode, expected), await Tests());
    }

    [Fact]
    public async Task The_tests_take_a_filter_but_no_options()
    {
        var (exitCode, _, errors) = await _checkout.Launch("test", "--verbose");

        Assert.Equal((2, "alur: usage: ./alur test [FILTER]\n"), (exitCode, errors));
        Assert.DoesNotContain(_checkout.Calls(), c => c.Contains("|build|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_project_that_dies_without_a_report_is_a_failed_test()
    {
        _checkout.Environment["TEST_EXIT"] = "134";

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
    }

    [Fact]
    public async Task A_run_of_no_test_at_all_is_a_failure()
    {
        _checkout.Environment["TRX"] = """<Counters total="0" executed="0" passed="0" failed="0" />""";

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests("Nothing"));
    }

    [Theory]
    [InlineData("TERM", true), InlineData("INT", true), InlineData("TERM", false)]
    public async Task A_signal_ends_a_run_of_the_tests_at_once_and_says_that_not_all_of_them_ran(string signal, bool whileTesting)
    {
        var begun = _checkout.Environment["CALLS"] + ".testing";
        if (whileTesting)
        {
            _checkout.Environment["SLOW_TEST"] = "yes";
        }
        else
        {
            await File.WriteAllTextAsync(_checkout.Environment["SLOW_BUILD"], "");
            begun = _checkout.Environment["SLOW_BUILD"] + ".begun";
        }

        await using var launcher = _checkout.Start("test");
        await Eventually(() => File.Exists(begun));
        var asked = Stopwatch.StartNew();
        launcher.Signal(signal);

        Assert.Equal(1, await launcher.Ended());
        Assert.True(asked.Elapsed < TimeSpan.FromSeconds(10), $"{asked.Elapsed}");
        Assert.Equal("0 passed, 1 failed, 0 skipped\n", launcher.Output);
        Assert.Contains("alur: ended by a signal; not all tests ran\n", launcher.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_says_how_long_it_takes_and_what_is_running()
    {
        _checkout.Environment["TRX"] = """<Counters total="1" executed="1" passed="1" failed="0" />""";

        var (_, _, all) = await _checkout.Launch("test");
        var (_, _, some) = await _checkout.Launch("test", "Something");

        Assert.Contains("alur: every test of 1 projects: about 15 minutes on two cores\nalur: Some.Tests ...\n", all, StringComparison.Ordinal);
        Assert.DoesNotContain("minutes", some, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_end_the_shared_servers_of_this_checkout_are_stopped_and_no_others()
    {
        var place = Directory.CreateDirectory(Path.Combine(_checkout.Root, "data", "test", "some")).FullName;
        await File.WriteAllTextAsync(Path.Combine(place, "log"), "");
        using var ours = Process.Start("/usr/bin/tail", ["-f", Path.Combine(place, "log")]);
        using var foreign = Process.Start("/usr/bin/tail", ["-f", "/dev/null"]);
        await File.WriteAllTextAsync(Path.Combine(place, "server.pid"), $"{ours.Id}\n");
        await File.WriteAllTextAsync(Path.Combine(place, "reused.pid"), $"{foreign.Id}\n");

        await Tests();

        Assert.True(ours.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.False(foreign.HasExited);
        foreign.Kill();
    }

    [Fact]
    public async Task A_second_run_beside_one_of_the_same_checkout_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_checkout.Root, "artifacts", ".built"));
        await using var running = new FileStream(Path.Combine(_checkout.Root, "artifacts", ".built", "tests.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
        Assert.Empty(_checkout.Calls());
    }

    private static async Task Eventually(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "It did not happen in time.");
            await Task.Delay(50);
        }
    }

    private async Task<(int ExitCode, string Output)> Tests(params string[] filter)
    {
        var (exitCode, output, _) = await _checkout.Launch(["test", .. filter]);
        return (exitCode, output);
    }
}
