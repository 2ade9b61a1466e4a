using System.Diagnostics;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>A node of its own: the worker as a host runs it, posting every job to a ledger over HTTP.</summary>
internal static class WorkerProcess
{
    public const string Verb = "delivery-worker";

    public static Process Start(string connectionString, Uri ledger) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
        [typeof(WorkerProcess).Assembly.Location, Verb, connectionString, ledger.ToString()]) { UseShellExecute = false })!;

    public static async Task<int> Run(string connectionString, string ledger)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Delivery:Concurrency"] = "8",
            ["Delivery:RunLength"] = "4",
            ["Delivery:WorkerInterval"] = "00:00:00.200",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
        builder.Services.AddSingleton(new HttpClient { BaseAddress = new Uri(ledger) });
        builder.Services.AddDelivery().AddDeliveryChannel<LedgerChannel>();
        await builder.Build().RunAsync();
        return 0;
    }

    private sealed class LedgerChannel(HttpClient http) : IDeliveryChannel
    {
        public string Kind => "fake";

        public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
        {
            var startedAt = DateTimeOffset.UtcNow;
            using var body = new StringContent(job.Payload);
            using var answer = await http.PostAsync(new Uri($"{job.Key}/{job.Step}", UriKind.Relative), body, ct);
            answer.EnsureSuccessStatusCode();
            return new DeliveryReport(
                new Delivered(AlreadyThere: (int)answer.StatusCode == 208),
                new Exchange(startedAt, DateTimeOffset.UtcNow - startedAt, (int)answer.StatusCode, ((int)answer.StatusCode).ToString(), null, null, null));
        }
    }
}
