using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class SimulateKhanzaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_hospital_day_is_written_by_a_process_of_its_own_until_it_is_told_to_end()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        var start = DateTimeOffset.UtcNow;
        using var simulator = Start(database, "--create-tables", "--visits", "12", "--clock",
            string.Create(CultureInfo.InvariantCulture, $"2026-11-20T07:00:00+07:00/2026-11-20T15:00:00+07:00*14400@{start:O}"));
        var url = (await simulator.StandardOutput.ReadLineAsync())!.Replace("Khanza stand-in listening on ", "", StringComparison.Ordinal);

        using var http = new HttpClient();
        var waited = Stopwatch.StartNew();
        DayProgress progress;
        do
        {
            await Task.Delay(50);
            progress = (await http.GetFromJsonAsync<DayProgress>($"{url}/_control/progress", LedgerJson.Options))!;
        }
        while (!progress.Ended && progress.Error is null && waited.Elapsed < Patience);
        await using var count = database.Reader.CreateCommand("select count(*) from reg_periksa");

        Assert.Null(progress.Error);
        Assert.Equal(12L, await count.ExecuteScalarAsync());
        Signals.Send(simulator, "TERM");
        await simulator.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, simulator.ExitCode);
    }

    [Theory]
    [InlineData("--bpjs", "https://apijkn.bpjs-kesehatan.go.id/antreanrs")]
    [InlineData("--clock", "tomorrow")]
    public async Task Invented_patients_go_nowhere_else_and_a_bad_clock_is_wrong_usage(string option, string value)
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        using var simulator = Start(database, option, value);

        await simulator.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(2, simulator.ExitCode);
        Assert.Contains(option, await simulator.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "add --create-tables")]
    [InlineData("Password=wrong", "Check User, Password and Database of --connection")]
    [InlineData("Database=nowhere", "Check User, Password and Database of --connection")]
    [InlineData("Port=9", "Check Host and Port of --connection")]
    public async Task A_database_that_cannot_be_written_is_one_sentence_and_not_a_silent_day(string wrong, string advice)
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        var right = ConnectionOf(database).Split(';').Where(part => wrong.Length == 0 || !part.StartsWith(wrong.Split('=')[0] + "=", StringComparison.Ordinal));

        var (exitCode, output, errors) = await HostProcess.Run("simulate", "khanza", "--connection", string.Join(';', right.Append(wrong)));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(advice, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string ConnectionOf(MariaDbTestDatabase database)
    {
        var writer = database.WriterOptions;
        return string.Create(CultureInfo.InvariantCulture, $"Host={writer.Host};Port={writer.Port};User={writer.User};Password={writer.Password};Database={writer.Database}");
    }

    private static Process Start(MariaDbTestDatabase database, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Alur.Host.dll"), "simulate", "khanza", .. options])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ALUR_KHANZA_CONNECTION"] = ConnectionOf(database);
        return Process.Start(start)!;
    }
}
