using System.Diagnostics;
using Alur.Testing;

namespace Alur.Host.Tests.Launcher;

/// <summary>The real launcher in a checkout of its own (a path with spaces), with a stand-in for dotnet that writes down how it was called.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/bash
        [[ $1 == --list-sdks ]] && { echo "10.0.100 [/nowhere]"; exit 0; }
        printf '%s|' "$PWD" "$@" >>"$CALLS"; echo >>"$CALLS"
        [[ $1 == build && -e $BREAK_BUILD ]] && { echo "x.cs(1,1): error CS0001: broken"; exit 1; }
        [[ $1 == build ]] && { readlink /proc/$$/fd/* | grep lock$ >>"$CALLS.locks"; exit 0; }
        for ((i = 1; i <= $#; i++)); do [[ ${!i} == -trx ]] && { next=$((i + 1)); trx=${!next}; }; done
        [[ -z ${trx:-} ]] || { [[ -z $TRX ]] || echo "$TRX" >"$trx"; exit "${TEST_EXIT:-0}"; }
        echo ran
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("alur launcher ").FullName;
    private readonly Dictionary<string, string> _environment;

    public LauncherTests()
    {
        var checkout = Path.Combine(_home, "my checkout");
        Copy(Path.Combine(Checkout.Root, "tools", "launcher"), Path.Combine(checkout, "tools", "launcher"));
        File.Copy(Path.Combine(Checkout.Root, "alur"), Path.Combine(checkout, "alur"));
        foreach (var directory in new[] { "src", "bench", "tests/Some.Tests" })
        {
            Directory.CreateDirectory(Path.Combine(checkout, directory));
        }

        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "Alur.slnx", "src/Some.cs" })
        {
            File.WriteAllText(Path.Combine(checkout, file), "");
        }

        var bin = Directory.CreateDirectory(Path.Combine(_home, "bin")).FullName;
        File.WriteAllText(Path.Combine(bin, "dotnet"), FakeDotnet);
        File.SetUnixFileMode(Path.Combine(bin, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _environment = new(StringComparer.Ordinal)
        {
            ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CALLS"] = Path.Combine(_home, "calls"),
            ["BREAK_BUILD"] = Path.Combine(_home, "break-build"),
            ["TRX"] = "",
        };
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Help_needs_nothing_and_names_the_two_commands_of_a_newcomer_first()
    {
        var (exitCode, output, _) = await Launch("help");

        Assert.Equal(0, exitCode);
        Assert.True(output.IndexOf("./alur demo", StringComparison.Ordinal) < output.IndexOf("./alur test", StringComparison.Ordinal));
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task A_verb_that_is_not_there_is_told_with_the_one_that_was_meant_and_all_others_and_builds_nothing()
    {
        var (exitCode, output, errors) = await Launch("serv");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("alur: there is no verb 'serv'; did you mean serve?\n", errors, StringComparison.Ordinal);
        var (_, host, _) = await HostProcess.Run("--help");
        var verbs = host[host.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1).Select(l => l.TrimStart().Split(' ')[0]).Where(v => v.Length > 0).ToList();
        Assert.Contains("user", verbs);
        Assert.All([.. verbs, "test", "bench", "spec-coverage"], verb => Assert.Contains($"\n  ./alur {verb} ", errors, StringComparison.Ordinal));
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task The_host_runs_in_the_callers_directory_with_its_arguments_unharmed()
    {
        var (exitCode, output, _) = await Launch("api-key", "new", "a b", "*", "");

        Assert.Equal((0, "ran\n"), (exitCode, output));
        Assert.Equal($"{_home}|{_home}/my checkout/artifacts/bin/Alur.Host/release/Alur.Host.dll|api-key|new|a b|*||", Calls()[^1]);
    }

    [Fact]
    public async Task The_first_build_says_that_it_takes_a_while_and_a_later_one_does_not()
    {
        var (_, _, first) = await Launch("migrate", "status");
        File.SetLastWriteTimeUtc(Path.Combine(_home, "my checkout", "src", "Some.cs"), DateTime.UtcNow.AddSeconds(2));
        var (_, _, later) = await Launch("migrate", "status");

        Assert.Equal(("alur: building; the first time this takes some minutes", "alur: building"), (first.Trim(), later.Trim()));
    }

    [Fact]
    public async Task It_builds_once_and_again_only_when_a_source_changed()
    {
        await Launch("migrate", "status");
        await Launch("migrate", "status");
        Assert.Single(Calls(), c => c.Contains("|build|", StringComparison.Ordinal));

        await File.WriteAllTextAsync(Path.Combine(_home, "my checkout", "src", "Some.cs"), "// changed");
        File.SetLastWriteTimeUtc(Path.Combine(_home, "my checkout", "src", "Some.cs"), DateTime.UtcNow.AddSeconds(2));
        await Launch("migrate", "status");

        Assert.Equal(2, Calls().Count(c => c.Contains("|build|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_checkout_that_may_not_be_written_says_whose_it_is()
    {
        await Launch("migrate", "status"); // from now on its locks are ours
        File.SetUnixFileMode(_home, File.GetUnixFileMode(_home) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(Path.Combine(_home, "bin", "dotnet"), (UnixFileMode)0b101_101_101);
        var checkout = Path.Combine(_home, "my checkout");
        string[] launch = [Path.Combine(checkout, "alur"), "migrate", "status"];

        // Root may write anywhere, so root lends the checkout to somebody else; anybody else shuts the door in front of himself.
        var root = Environment.UserName == "root";
        var locks = Path.Combine(checkout, "artifacts", ".built");
        var open = File.GetUnixFileMode(locks);
        File.SetUnixFileMode(locks, (UnixFileMode)0b101_101_101);
        await using var process = root
            ? HostProcess.StartProgram("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", .. launch], _environment, _home)
            : HostProcess.StartProgram(launch[0], launch[1..], _environment, _home);

        Assert.Equal(1, await process.Ended());
        File.SetUnixFileMode(locks, open);
        Assert.Equal(
            $"alur: {checkout} belongs to {Environment.UserName}, and {(root ? "nobody" : Environment.UserName)} may not write there. Run this as {Environment.UserName}, or in a clone of your own.",
            process.Errors.Trim());
    }

    [Fact]
    public async Task A_broken_build_shows_its_errors_and_runs_nothing()
    {
        await File.WriteAllTextAsync(_environment["BREAK_BUILD"], "");

        var (exitCode, output, errors) = await Launch("migrate", "status");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("error CS0001: broken", errors, StringComparison.Ordinal);
        Assert.Single(Calls());
    }

    [Fact]
    public async Task A_broken_build_of_the_tests_is_a_failure_in_the_last_line()
    {
        await File.WriteAllTextAsync(_environment["BREAK_BUILD"], "");

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
    }

    [Fact]
    public async Task A_build_server_that_stays_behind_holds_no_lock()
    {
        await Tests();

        Assert.Equal("", await File.ReadAllTextAsync(_environment["CALLS"] + ".locks"));
    }

    [Theory]
    [InlineData(7, 0, 10, 0, 0, "7 passed, 0 failed, 3 skipped\n")]
    [InlineData(7, 2, 9, 1, 1, "7 passed, 2 failed, 0 skipped\n")]
    [InlineData(7, 0, 7, 139, 1, "7 passed, 1 failed, 0 skipped\n")] // crashed after reporting
    public async Task The_last_line_is_the_sum_of_what_the_projects_reported(int passed, int failed, int total, int testExit, int exitCode, string expected)
    {
        _environment["TRX"] = $"""<ResultSummary outcome="x"><Counters total="{total}" executed="{passed + failed}" passed="{passed}" failed="{failed}" error="0" /></ResultSummary>""";
        _environment["TEST_EXIT"] = $"{testExit}";

        Assert.Equal((exitCode, expected), await Tests());
    }

    [Fact]
    public async Task The_tests_take_a_filter_but_no_options()
    {
        var (exitCode, _, errors) = await Launch("test", "--verbose");

        Assert.Equal((2, "alur: usage: ./alur test [FILTER]\n"), (exitCode, errors));
        Assert.DoesNotContain(Calls(), c => c.Contains("|build|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_project_that_dies_without_a_report_is_a_failed_test()
    {
        _environment["TEST_EXIT"] = "134";

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
    }

    [Fact]
    public async Task A_run_of_no_test_at_all_is_a_failure()
    {
        _environment["TRX"] = """<Counters total="0" executed="0" passed="0" failed="0" />""";

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests("Nothing"));
    }

    [Fact]
    public async Task At_the_end_the_shared_servers_of_this_checkout_are_stopped_and_no_others()
    {
        var place = Directory.CreateDirectory(Path.Combine(_home, "my checkout", "data", "test", "some")).FullName;
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
        Directory.CreateDirectory(Path.Combine(_home, "my checkout", "artifacts", ".built"));
        await using var running = new FileStream(Path.Combine(_home, "my checkout", "artifacts", ".built", "tests.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped\n"), await Tests());
        Assert.Empty(Calls());
    }

    private async Task<(int ExitCode, string Output)> Tests(params string[] filter)
    {
        var (exitCode, output, _) = await Launch(["test", .. filter]);
        return (exitCode, output);
    }

    private async Task<(int ExitCode, string Output, string Errors)> Launch(params string[] arguments)
    {
        await using var launcher = HostProcess.StartProgram(Path.Combine(_home, "my checkout", "alur"), arguments, _environment, _home);
        return (await launcher.Ended(), launcher.Output, launcher.Errors);
    }

    private string[] Calls() => File.Exists(_environment["CALLS"]) ? File.ReadAllLines(_environment["CALLS"]) : [];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
