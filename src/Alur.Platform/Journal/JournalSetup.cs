using Alur.Platform.Journal.Sealing;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Adds the journal to a host.</summary>
public static class JournalSetup
{
    /// <summary>What the lease of each consumer's node begins with; its name follows.</summary>
    internal const string LeasePrefix = "journal.consumer:";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    // A block has a price, however little it seals.
    private static readonly TimeSpan OnceAMinute = TimeSpan.FromMinutes(1);

    /// <summary>Appending and reading. Part of the platform.</summary>
    internal static IServiceCollection AddJournal(this IServiceCollection services) => services
        .AddSingleton(provider => new EventTypes(provider.GetServices<ModuleEventTypes>()))
        .AddSingleton<AppendEntries>()
        .AddSingleton<ReadStream>()
        .AddSingleton<ReadTimeline>()
        .AddSingleton<JournalTail>()
        .AddSingleton<JournalConsumers>()
        .AddSingleton<JournalStats>()
        .AddSingleton<SealKey>()
        .AddHostedService<MirrorEventTypes>()
        .AddConsumer<SealJournal>(SealJournal.ConsumerName, OnceAMinute, runs: provider => provider.GetRequiredService<SealKey>().Place is not null);

    /// <summary>Lets a module record these types. Two modules cannot register the same name.</summary>
    public static IServiceCollection AddEventTypes(this IServiceCollection services, string module, params IReadOnlyList<EventType> types) =>
        services.AddSingleton(new ModuleEventTypes(module, types));

    /// <summary>Lets a consumer handle the journal, on one node at a time; it looks every second.</summary>
    public static IServiceCollection AddJournalConsumer<T>(this IServiceCollection services, string name)
        where T : class, IJournalConsumer => services.AddConsumer<T>(name, Often, runs: _ => true);

    /// <summary>Lets a relay tell others of the journal, on one node at a time; it looks every second.</summary>
    public static IServiceCollection AddJournalRelay<T>(this IServiceCollection services, string name)
        where T : class, IJournalRelay
    {
        services.AddSingleton<T>().AddSingleton<IJournalFollower>(provider => Named(provider.GetRequiredService<T>(), name));
        services.AddSingleton(provider => new Relayed<T>(new RelayPump(
            Named(provider.GetRequiredService<T>(), name), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<JournalTail>())));
        return services.AddPeriodicTask(LeasePrefix + name, Often, (provider, grant, ct) => provider.GetRequiredService<Relayed<T>>().Pump.RunOnce(grant, ct));
    }

    private static IServiceCollection AddConsumer<T>(this IServiceCollection services, string name, TimeSpan interval, Func<IServiceProvider, bool> runs)
        where T : class, IJournalConsumer
    {
        services.AddSingleton<T>().AddSingleton<IJournalFollower>(provider => Named(provider.GetRequiredService<T>(), name));
        services.AddSingleton(provider => new Pumped<T>(new ConsumerPump(
            Named(provider.GetRequiredService<T>(), name), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<JournalTail>())));
        return services.AddPeriodicTask(LeasePrefix + name, interval, (provider, grant, ct) =>
            runs(provider) ? provider.GetRequiredService<Pumped<T>>().Pump.RunOnce(grant, ct) : Task.CompletedTask);
    }

    private static T Named<T>(T follower, string name)
        where T : IJournalFollower =>
        follower.Name == name ? follower : throw new InvalidOperationException($"The journal consumer {follower.Name} is registered as {name}.");

    private sealed record Pumped<T>(ConsumerPump Pump);

    private sealed record Relayed<T>(RelayPump Pump);
}
