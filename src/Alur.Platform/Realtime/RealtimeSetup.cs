using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Adds realtime to a host.</summary>
public static class RealtimeSetup
{
    private const int ThreadsPerCore = 4;
    private const string KeepEvents = "select realtime.keep_events(interval '3 months')";

    /// <summary>The sockets of this node, and the upkeep of what is recorded of them.</summary>
    public static IServiceCollection AddRealtime(this IServiceCollection services)
    {
        TakeThreads();
        services.AddOptions<RealtimeOptions>().BindConfiguration(RealtimeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<RealtimeOptions>>().Value);
        services.AddSingleton<Hub>().AddSingleton<WatchSockets>().AddSingleton<AttachDevice>().AddSingleton<AttachInTurn>().AddSingleton<SocketPlaces>().AddSingleton<DeviceRound>().AddSingleton<KeepDevices>();
        services.AddSingleton<MessageHints>().AddSingleton(provider => new HintLine("messages", provider.GetRequiredService<MessageHints>().Line));
        return services.AddSocketLoops().AddPeriodicTask("realtime.upkeep", TimeSpan.FromHours(12), (provider, _, ct) =>
            provider.GetRequiredService<NpgsqlDataSource>().Statement(KeepEvents).Run(ct))
            .AddPeriodicTask("realtime.devices", TimeSpan.FromMinutes(1), (provider, _, ct) => provider.GetRequiredService<KeepDevices>().RunOnce(ct));
    }

    /// <summary>What tells the sockets and looks after them while the server runs.</summary>
    public static IServiceCollection AddSocketLoops(this IServiceCollection services) =>
        services.AddHostedService<FollowJournal>().AddHostedService<TellDevices>().AddHostedService(provider => provider.GetRequiredService<WatchSockets>());

    /// <summary>Lets clients follow a part of the journal.</summary>
    public static IServiceCollection AddTopic(this IServiceCollection services, Topic topic) => services.AddSingleton(topic);

    /// <summary>The same for a topic that asks something of the program.</summary>
    public static IServiceCollection AddTopic(this IServiceCollection services, Func<IServiceProvider, Topic> topic) => services.AddSingleton(topic);

    /// <summary>Maps <c>/ws</c>, open to anybody: what a caller may follow is decided by topic.</summary>
    public static void MapRealtime(this IEndpointRouteBuilder routes) => routes.MapGet("/ws", OpenSocket.Handle).AllowAnonymous().WithMetadata(new OwnAllowance("sockets", 5));

    /// <summary>
    /// A broadcast is thousands of sends at once. With no more threads than cores, which is what .NET begins with, they take turns with whoever else runs on the machine, and the
    /// last one is late by half (<c>./alur bench fanout</c>; ADR 0041).
    /// </summary>
    private static void TakeThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, ThreadsPerCore * Environment.ProcessorCount), ports);
    }
}
