using Alur.Testing;

namespace Alur.Host.Tests.Launcher;

/// <summary>What the launcher checks, builds and runs.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly LaunchedCheckout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task Help_needs_nothing_and_names_the_two_commands_of_a_newcomer_first()
    {
        var (exitCode, output, _) = await _checkout.Launch("help");

        Assert.Equal(0, exitCode);
        Assert.True(output.IndexOf("./alur demo", StringComparison.Ordinal) < output.IndexOf("./alur test", StringComparison.Ordinal));
        Assert.Empty(_checkout.Calls());
    }

    [Fact]
    public async Task A_verb_that_is_not_there_is_told_with_the_one_that_was_meant_and_all_others_and_builds_nothing()
    {
        var (exitCode, output, errors) = await _checkout.Launch("serv");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("alur: there is no verb 'serv'; did you mean serve?\n", errors, StringComparison.Ordinal);
        var (_, host, _) = await HostProcess.Run("--help");
        var verbs = host[host.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1).Select(l => l.TrimStart().Split(' ')[0]).Where(v => v.Length > 0).ToList();
        Assert.Contains("user", verbs);
        Assert.All([.. verbs, "test", "bench", "spec-coverage"], verb => Assert.Contains($"\n  ./alur {verb} ", errors, StringComparison.Ordinal));
        Assert.Empty(_checkout.Calls());
    }

    [Fact]
    public async Task The_host_runs_in_the_callers_directory_with_its_arguments_unharmed()
    {
        var (exitCode, output, _) = await _checkout.Launch("api-key", "new", "a b", "*", "");

        Assert.Equal((0, "ran\n"), (exitCode, output));
        Assert.Equal($"{_checkout.Home}|{_checkout.Home}/my checkout/artifacts/bin/Alur.Host/release/Alur.Host.dll|api-key|new|a b|*||", _checkout.Calls()[^1]);
    }

    [Fact]
    public async Task The_first_build_says_that_it_takes_a_while_and_a_later_one_does_not()
    {
        var (_, _, first) = await _checkout.Launch("migrate", "status");
        File.SetLastWriteTimeUtc(Path.Combine(_checkout.Root, "src", "Some.cs"), DateTime.UtcNow.AddSeconds(2));
        var (_, _, later) = await _checkout.Launch("migrate", "status");

        Assert.Equal(("alur: building; the first time this takes some minutes", "alur: building"), (first.Trim(), later.Trim()));
    }

    [Fact]
    public async Task It_builds_once_and_again_only_when_a_source_changed()
    {
        await _checkout.Launch("migrate", "status");
        await _checkout.Launch("migrate", "status");
        Assert.Single(_checkout.Calls(), c => c.Contains("|build|", StringComparison.Ordinal));

        await File.WriteAllTextAsync(Path.Combine(_checkout.Root, "src", "Some.cs"), "// changed");
        File.SetLastWriteTimeUtc(Path.Combine(_checkout.Root, "src", "Some.cs"), DateTime.UtcNow.AddSeconds(2));
        await _checkout.Launch("migrate", "status");

        Assert.Equal(2, _checkout.Calls().Count(c => c.Contains("|build|", StringComparison.Ordinal)));
    }

    /// <summary>npm ci puts its directory beside the sources while they are built, after the moment from which changes count.</summary>
    [Fact]
    public async Task Packages_that_npm_fetched_are_no_change_of_sources_and_a_removed_file_is_one()
    {
        var pages = Directory.CreateDirectory(Path.Combine(_checkout.Root, "src", "Pages")).FullName;
        await _checkout.Launch("migrate", "status");
        var packages = Path.Combine(Directory.CreateDirectory(Path.Combine(pages, "node_modules")).FullName, ".package-lock.json");
        await File.WriteAllTextAsync(packages, "{}");
        Directory.SetLastWriteTimeUtc(pages, DateTime.UtcNow.AddSeconds(2));
        File.SetLastWriteTimeUtc(packages, DateTime.UtcNow.AddSeconds(3));
        await _checkout.Launch("migrate", "status");
        Assert.Single(_checkout.Calls(), c => c.Contains("|build|", StringComparison.Ordinal));

        Directory.SetLastWriteTimeUtc(pages, DateTime.UtcNow.AddSeconds(4));
        await _checkout.Launch("migrate", "status");

        Assert.Equal(2, _checkout.Calls().Count(c => c.Contains("|build|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_checkout_that_may_not_be_written_says_whose_it_is()
    {
        await _checkout.Launch("migrate", "status"); // from now on its locks are ours
        File.SetUnixFileMode(_checkout.Home, File.GetUnixFileMode(_checkout.Home) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(Path.Combine(_checkout.Home, "bin", "dotnet"), (UnixFileMode)0b101_101_101);
        var checkout = _checkout.Root;
        string[] launch = [Path.Combine(checkout, "alur"), "migrate", "status"];

        // Root may write anywhere, so root lends the checkout to somebody else; anybody else shuts the door in front of himself.
        var root = Environment.UserName == "root";
        var locks = Path.Combine(checkout, "artifacts", ".built");
        var open = File.GetUnixFileMode(locks);
        File.SetUnixFileMode(locks, (UnixFileMode)0b101_101_101);
        await using var process = root
            ? HostProcess.StartProgram("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", .. launch], _checkout.Environment, _checkout.Home)
            : HostProcess.StartProgram(launch[0], launch[1..], _checkout.Environment, _checkout.Home);

        Assert.Equal(1, await process.Ended());
        File.SetUnixFileMode(locks, open);
        Assert.Equal(
            $"alur: {checkout} belongs to {Environment.UserName}, and {(root ? "nobody" : Environment.UserName)} may not write there. Run this as {Environment.UserName}, or in a clone of your own.",
            process.Errors.Trim());
    }

    [Theory]
    [InlineData(false, "serve")]
    [InlineData(true, "serve", "--set", "Kafka:BootstrapServers=kafka:9092")]
    [InlineData(false, "demo", "--set", "Kafka:BootstrapServers=kafka:9092")]
    public async Task The_library_for_kafka_is_needed_only_by_a_server_that_shall_tell_it(bool needed, params string[] arguments)
    {
        var needs = _checkout.Environment["CALLS"] + ".needs";
        await File.AppendAllTextAsync(Path.Combine(_checkout.Root, "tools", "launcher", "install.sh"), "\nneed() { echo \"$*\" >>\"$CALLS.needs\"; }\n");

        await _checkout.Launch(arguments);

        Assert.Equal(needed, (await File.ReadAllTextAsync(needs)).Split([' ', '\n']).Contains("kafka", StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_broken_build_shows_its_errors_and_runs_nothing()
    {
        await File.WriteAllTextAsync(_checkout.Environment["BREAK_BUILD"], "");

        var (exitCode, output, errors) = await _checkout.Launch("migrate", "status");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("error CS0001: broken", errors, StringComparison.Ordinal);
        Assert.Single(_checkout.Calls());
    }

    [Fact]
    public async Task Whoever_may_not_install_is_told_a_command_that_works_on_a_fresh_machine()
    {
        const string Ask = """
            die() { echo "${*:2}"; exit "$1"; }
            sudo() { return 1; }
            eval "$INSTALL"
            install_packages nodejs npm
            """;
        _checkout.Environment["INSTALL"] = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tools", "launcher", "install.sh"));

        string[] bash = ["/bin/bash", "-c", Ask];
        await using var asked = Environment.UserName == "root"
            ? HostProcess.StartProgram("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", .. bash], _checkout.Environment, "/")
            : HostProcess.StartProgram(bash[0], bash[1..], _checkout.Environment, "/");

        Assert.Equal(1, await asked.Ended());
        Assert.Equal("missing on this machine: nodejs npm. Run once: sudo apt-get update && sudo apt-get install -y --no-install-recommends nodejs npm\n", asked.Output);
    }
}
