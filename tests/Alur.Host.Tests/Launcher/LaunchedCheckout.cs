using Alur.Testing;

namespace Alur.Host.Tests.Launcher;

/// <summary>The real launcher in a checkout of its own (a path with spaces), with a stand-in for dotnet that writes down how it was called.</summary>
internal sealed class LaunchedCheckout : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/bash
        [[ $1 == --list-sdks ]] && { echo "10.0.100 [/nowhere]"; exit 0; }
        printf '%s|' "$PWD" "$@" >>"$CALLS"; echo >>"$CALLS"
        [[ $1 == build && -e $BREAK_BUILD ]] && { echo "x.cs(1,1): error CS0001: broken"; exit 1; }
        [[ $1 == build && -e $SLOW_BUILD ]] && { touch "$SLOW_BUILD.begun"; exec sleep 600; }
        [[ $1 == build ]] && { readlink /proc/$$/fd/* | grep lock$ >>"$CALLS.locks"; exit 0; }
        for ((i = 1; i <= $#; i++)); do [[ ${!i} == -trx ]] && { next=$((i + 1)); trx=${!next}; }; done
        [[ -z ${trx:-} || -z ${SLOW_TEST:-} ]] || { touch "$CALLS.testing"; exec sleep 600; }
        [[ -z ${trx:-} ]] || { [[ -z $TRX ]] || echo "$TRX" >"$trx"; exit "${TEST_EXIT:-0}"; }
        echo ran
        """;

    public LaunchedCheckout()
    {
        var checkout = Root;
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

        var bin = Directory.CreateDirectory(Path.Combine(Home, "bin")).FullName;
        File.WriteAllText(Path.Combine(bin, "dotnet"), FakeDotnet);
        File.SetUnixFileMode(Path.Combine(bin, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment = new(StringComparer.Ordinal)
        {
            ["PATH"] = $"{bin}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["CALLS"] = Path.Combine(Home, "calls"),
            ["SLOW_BUILD"] = Path.Combine(Home, "slow-build"),
            ["BREAK_BUILD"] = Path.Combine(Home, "break-build"),
            ["TRX"] = "",
        };
    }

    /// <summary>Holds the checkout, and everything else of this test.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("alur launcher ").FullName;

    public string Root => Path.Combine(Home, "my checkout");

    public string Launcher => Path.Combine(Root, "alur");

    /// <summary>Of whatever is launched; some of it steers the stand-in.</summary>
    public Dictionary<string, string> Environment { get; }

    public void Dispose() => Directory.Delete(Home, recursive: true);

    /// <summary>Starts the launcher in the caller's directory.</summary>
    public HostProcess Start(params string[] arguments) => HostProcess.StartProgram(Launcher, arguments, Environment, Home);

    /// <summary>Runs it to its end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> Launch(params string[] arguments)
    {
        await using var launcher = Start(arguments);
        return (await launcher.Ended(), launcher.Output, launcher.Errors);
    }

    /// <summary>How dotnet was called: its directory and arguments, each with a bar behind it.</summary>
    public string[] Calls() => File.Exists(Environment["CALLS"]) ? File.ReadAllLines(Environment["CALLS"]) : [];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
