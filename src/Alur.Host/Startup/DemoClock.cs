using Alur.Antrean.Sites;
using Alur.Simulators;

namespace Alur.Host.Startup;

/// <summary>
/// <c>Demo:Clock</c>: business time runs by a simulated hospital's clock. Only for demonstrations: refused as soon as any site talks to a
/// BPJS that is not on this machine, because it would be told of a day that is not today.
/// </summary>
internal static class DemoClock
{
    private const string Key = "Demo:Clock";

    /// <summary>Whether there is one.</summary>
    public static bool IsSet(IConfiguration configuration) => configuration[Key] is { Length: > 0 };

    /// <summary>Registers the clock if there is one, and says so loudly. Call before the platform registers real time.</summary>
    /// <exception cref="Refusal">The clock cannot be read, or a site's BPJS is elsewhere.</exception>
    public static IServiceCollection AddDemoClock(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } text)
            return services;
        var elsewhere = configuration.GetSection($"{AntreanOptions.Section}:Sites").GetChildren()
            .Select(site => site.GetSection("Bpjs:BaseUrl"))
            .Where(url => url.Value is not null && !(Uri.TryCreate(url.Value, UriKind.Absolute, out var address) && address.IsLoopback))
            .Select(url => $"{Key} is set, but {url.Path} is not on this machine: {url.Value}")
            .ToList();
        if (elsewhere.Count > 0)
            throw Refusal.Configuration(elsewhere);
        var clock = Read(text);
        Console.Out.WriteLine($"DEMONSTRATION: business time is simulated ({Key}), {clock.Start:yyyy-MM-dd HH:mm} to {clock.End:HH:mm} at {clock.Factor:0.#} times real pace.");
        return services.AddSingleton<TimeProvider>(clock);
    }

    private static HospitalClock Read(string text)
    {
        try
        {
            return HospitalClock.Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw Refusal.Configuration([$"{Key}: {e.Message}"]);
        }
    }
}
