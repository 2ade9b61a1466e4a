using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Alur.Testing;

/// <summary>
/// Asks implementations that are not ours (npm packages and node's own crypto, under <c>tests/crosscheck</c>) for their results.
/// </summary>
public static class Crosscheck
{
    private static readonly string s_folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../crosscheck"));

    /// <summary>Fixed vectors made once by the same script, for tests that must stand alone.</summary>
    public static JsonElement Vectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "vectors.json")));
        return document.RootElement.Clone();
    }

    /// <summary>Runs the operations <c>[name, …arguments]</c> of <paramref name="script"/> and returns their results in order; null stays null.</summary>
    public static async Task<IReadOnlyList<string?>> Run(string script, IEnumerable<string[]> operations)
    {
        await InstallPackages();
        var output = await Execute("node", [Path.Combine(s_folder, script)], JsonSerializer.Serialize(operations));
        return JsonSerializer.Deserialize<List<string?>>(output)!;
    }

    /// <summary>Where the packages are, once <see cref="Packages"/> has put them there.</summary>
    public static string PackagesDirectory { get; } = Path.Combine(s_folder, "node_modules");

    /// <summary>The directory of the npm packages, installed.</summary>
    public static async Task<string> Packages()
    {
        await InstallPackages();
        return PackagesDirectory;
    }

    /// <summary>Once per checkout and change of the lock file; test processes that start together take turns.</summary>
    private static async Task InstallPackages()
    {
        if (AreInstalled())
        {
            return;
        }

        await using var turn = await TakeTurn(Path.Combine(Path.GetTempPath(), $"alur-crosscheck-{Environment.UserName}.lock"));
        if (!AreInstalled())
        {
            await Execute("npm", ["ci", "--ignore-scripts", "--prefix", s_folder], input: "");
        }
    }

    private static bool AreInstalled()
    {
        var (installed, wanted) = (Path.Combine(PackagesDirectory, ".package-lock.json"), Path.Combine(s_folder, "package-lock.json"));
        return File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted);
    }

    private static async Task<FileStream> TakeTurn(string path)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task<string> Execute(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
