using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Benchmarks.Delivery;

/// <summary>What the destination saw since it was last asked.</summary>
/// <param name="Calls">POSTs answered.</param>
/// <param name="OutOfOrder">Calls whose task was not later than one already taken for the same booking.</param>
/// <param name="Duplicates">Calls that repeated a task already taken.</param>
internal sealed record TargetCounts(int Calls, int OutOfOrder, int Duplicates);

/// <summary>
/// The destination, run in a process of its own: answers at once with what BPJS says on success and checks by itself that the tasks of
/// a booking arrive in ascending order, once each.
/// </summary>
internal static class Target
{
    private static readonly byte[] Ok = """{"metadata":{"code":200,"message":"Ok"}}"""u8.ToArray();
    private static readonly ConcurrentDictionary<string, int> Last = new(StringComparer.Ordinal);
    private static int calls;
    private static int outOfOrder;
    private static int duplicates;

    public static async Task<int> Run(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(Answer);
        await app.StartAsync(ct);
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await WaitForParent(ct);
        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    /// <summary>Standard input ends when the parent does, however it ends.</summary>
    private static async Task WaitForParent(CancellationToken ct)
    {
        while (await Console.In.ReadLineAsync(ct) is not null)
        {
        }
    }

    private static Task Answer(HttpContext context) => context.Request.Method == HttpMethods.Post ? Take(context) : Report(context);

    private static async Task Take(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        Check(body.RootElement.GetProperty("kodebooking").GetString()!, body.RootElement.GetProperty("taskid").GetInt32());
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Ok.Length;
        await context.Response.Body.WriteAsync(Ok, context.RequestAborted);
    }

    private static void Check(string booking, int task)
    {
        Interlocked.Increment(ref calls);
        var last = Last.GetValueOrDefault(booking);
        if (task == last)
        {
            Interlocked.Increment(ref duplicates);
        }
        else if (task < last)
        {
            Interlocked.Increment(ref outOfOrder);
        }

        Last[booking] = Math.Max(last, task);
    }

    /// <summary>Any other call: the figures so far, and everything forgotten for the next round.</summary>
    private static async Task Report(HttpContext context)
    {
        var seen = new TargetCounts(Interlocked.Exchange(ref calls, 0), Interlocked.Exchange(ref outOfOrder, 0), Interlocked.Exchange(ref duplicates, 0));
        Last.Clear();
        await context.Response.WriteAsync(JsonSerializer.Serialize(seen), context.RequestAborted);
    }
}
