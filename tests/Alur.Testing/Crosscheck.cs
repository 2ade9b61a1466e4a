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

    /// <summary>Once per checkout; test processes that start together take turns.</summary>
    private static async Task InstallPackages()
    {
        var installed = Path.Combine(s_folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed))
        {
            return;
        }

        await using var turn = await TakeTurn(Path.Combine(Path.GetTempPath(), $"alur-crosscheck-{Environment.UserName}.lock"));
        if (!File.Exists(installed))
        {
            await Execute("npm", ["ci", "--prefix", s_folder], input: "");
        }
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
