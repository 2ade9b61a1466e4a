using System.Text.Json;
using Alur.Platform;
using Alur.Platform.Journal;
using Alur.Platform.Realtime;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alur.Benchmarks.Fanout;

/// <summary>What the server of a run says of itself, after everything that can be collected was.</summary>
/// <param name="Sockets">Open ones.</param>
/// <param name="Heap">Bytes of live objects.</param>
internal sealed record ServerMemory(int Sockets, long Heap);

/// <summary>
/// One node: the product's web edge, journal tail and sockets with all their checks and limits, and a topic of a school, which no module has yet. In a process of its own;
/// each line on its standard input asks for its memory.
/// </summary>
internal static class FanoutServer
{
    public static async Task<int> Run(string database, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionStrings:Alur"] = database;
        builder.Configuration["Web:RequestsPerMinute"] = "1000000"; // all sockets are one caller's
        builder.Configuration["Realtime:SocketsPerAddress"] = "1000000";
        builder.Configuration["Realtime:SendSeconds"] = "3";
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole();
        builder.Services.AddSingleton(TextWriter.Null); // nobody needs an API key
        builder.Services.AddRouting().AddPlatform(builder.Configuration).AddWeb().AddRealtime().AddEventTypes("bench", School.Types).AddTopic(School.Availability);
        await using var app = builder.Build();
        app.UseWeb();
        app.MapRealtime();
        await app.StartAsync(ct);
        var hub = app.Services.GetRequiredService<Hub>();
        while (!hub.IsOpen) await Task.Delay(10, ct); // no socket is taken before
        Console.WriteLine(app.Urls.Single());
        while (await Console.In.ReadLineAsync(ct) is not null) Console.WriteLine(JsonSerializer.Serialize(Memory(hub)));
        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    private static ServerMemory Memory(Hub hub)
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new ServerMemory(hub.Count, GC.GetTotalMemory(forceFullCollection: false));
    }
}
