using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;
using Alur.Testing;
using Microsoft.Extensions.Configuration;

namespace Alur.Antrean.Tests;

/// <summary>What stands around our server in a test: a real Khanza database and BPJS's stand-in, and the settings that lead to them.</summary>
internal static class Surroundings
{
    /// <summary>Both, on the day and at the hour of the clock.</summary>
    /// <param name="masters">SQL that fills Khanza's master tables.</param>
    /// <param name="clock">What time it is at the hospital.</param>
    public static async Task<(MariaDbTestDatabase Khanza, BpjsSimulator Bpjs)> Open(string masters, BusinessClock clock)
    {
        var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);
        await khanza.Execute(masters);
        var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions());
        bpjs.SetHospitalClock(clock.Now);
        return (khanza, bpjs);
    }

    /// <summary>A site that sends with the profile <c>khanza</c>; its own settings override, keys relative to the site.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Sending(string code, BpjsSimulator bpjs, IReadOnlyDictionary<string, string?> own)
    {
        var account = new BpjsSimulatorOptions();
        Dictionary<string, string?> settings = new()
        {
            ["Mode"] = "send", ["SendFrom"] = "2026-01-01T00:00:00", ["Profile"] = "khanza",
            ["Khanza:Host"] = "given", ["Khanza:User"] = "given", ["Khanza:Database"] = "given",
            ["Bpjs:BaseUrl"] = bpjs.Url, ["Bpjs:ConsId"] = account.ConsId, ["Bpjs:SecretKey"] = account.SecretKey, ["Bpjs:UserKey"] = account.UserKey,
            ["Bpjs:MaxPerSecond"] = "10000",
        };
        foreach (var (key, value) in own)
            settings[key] = value;
        return settings.Where(s => s.Value is not null).Select(s => KeyValuePair.Create($"Antrean:Sites:{code}:{s.Key}", s.Value));
    }

    public static IConfiguration Configuration(IEnumerable<KeyValuePair<string, string?>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
