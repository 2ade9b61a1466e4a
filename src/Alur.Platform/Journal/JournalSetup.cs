using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Journal;

/// <summary>Adds the journal to a host.</summary>
public static class JournalSetup
{
    /// <summary>Appending and reading. Part of the platform.</summary>
    internal static IServiceCollection AddJournal(this IServiceCollection services) => services
        .AddSingleton(provider => new EventTypes(provider.GetServices<ModuleEventTypes>()))
        .AddSingleton<AppendEntries>()
        .AddSingleton<ReadStream>()
        .AddSingleton<ReadTimeline>()
        .AddHostedService<MirrorEventTypes>();

    /// <summary>Lets a module record these types. Two modules cannot register the same name.</summary>
    public static IServiceCollection AddEventTypes(this IServiceCollection services, string module, params IReadOnlyList<EventType> types) =>
        services.AddSingleton(new ModuleEventTypes(module, types));
}
