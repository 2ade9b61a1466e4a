using Alur.Antrean;
using Alur.Kafka;
using Alur.Platform;
using Microsoft.Extensions.Options;

namespace Alur.Host.Startup;

/// <summary>The modules for a verb that uses them without serving: nothing of it is started.</summary>
internal static class VerbServices
{
    /// <summary>Everything that <c>serve</c> would run with this configuration, which is validated; log lines go nowhere.</summary>
    public static ServiceProvider Build(IConfiguration configuration)
    {
        var provider = new ServiceCollection()
            .AddSingleton(configuration)
            .AddLogging()
            .AddDemoClock(configuration)
            .AddPlatform(configuration)
            .AddAntrean(configuration)
            .AddKhanzaConnections()
            .AddKafka(configuration)
            .BuildServiceProvider();
        provider.GetService<IStartupValidator>()?.Validate();
        return provider;
    }
}
