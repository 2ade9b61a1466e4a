using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Antrean;
using Alur.Platform;
using Alur.Platform.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Architecture.Tests;

/// <summary>What is written to the journal is what the modules have registered, word for word.</summary>
public sealed partial class EventTypeTests
{
    private static readonly string[] WaysIn = ["src/Alur.Platform/Journal/AppendEntries.cs", "src/Alur.Platform/Journal/AppendSet.cs"];

    private static readonly List<(string Module, EventType Type)> Registered = [.. Registrations()];

    [Fact]
    public void Every_event_type_that_is_written_is_registered_by_the_module_that_writes_it()
    {
        Assert.NotEmpty(Written());
        Assert.All(Written(), word => Assert.Contains(Registered, r => r.Type.Name == word.Type && Source(r.Module) == word.Project));
    }

    [Fact]
    public void Every_event_type_that_is_registered_is_written_somewhere()
    {
        Assert.Empty(Registered.Select(r => r.Type.Name).Except(Written().Select(word => word.Type)));
    }

    [Fact]
    public void Every_event_type_says_what_its_metadata_is_and_lets_nothing_else_in()
    {
        Assert.All(Registered, r =>
        {
            var schema = JsonNode.Parse(r.Type.Schema)!;
            Assert.NotEmpty(schema["properties"]!.AsObject());
            Assert.False((bool)schema["additionalProperties"]!);
            Assert.InRange(r.Type.SchemaVersion, 1, 1000);
        });
    }

    [Fact]
    public void Antreans_event_types_carry_its_name()
    {
        Assert.All(Registered.Where(r => r.Module == "antrean"), r => Assert.StartsWith("antrean.", r.Type.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_writes_to_the_journal_but_its_two_ways_in()
    {
        var writers = Repository.Sources("*.cs", "src").Where(file => file.Text.Contains("into journal.entries", StringComparison.Ordinal)).Select(file => file.Path);

        Assert.Equal(WaysIn, writers);
    }

    /// <summary>Whatever looks like an event type in a module's sources, outside of its registration: in SQL between single quotes, in C# as what a new entry is.</summary>
    private static List<(string Project, string Type)> Written() =>
        [.. (from file in Repository.Sources("*.cs", "src")
             from Match word in Word().Matches(file.Text)
             select (file.Path.Split('/')[1], word.Groups["type"].Value)).Distinct()];

    private static IEnumerable<(string Module, EventType Type)> Registrations()
    {
        var configuration = new ConfigurationBuilder().Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddPlatform(configuration).AddAntrean(configuration);
        foreach (var instance in services.Select(s => s.IsKeyedService ? null : s.ImplementationInstance).Where(i => i?.GetType().Name == "ModuleEventTypes"))
        {
            var module = (string)instance!.GetType().GetProperty("Module")!.GetValue(instance)!;
            foreach (var type in (IReadOnlyList<EventType>)instance.GetType().GetProperty("Types")!.GetValue(instance)!) yield return (module, type);
        }
    }

    private static string Source(string module) => $"Alur.{char.ToUpperInvariant(module[0])}{module[1..]}";

    [GeneratedRegex(@"'(?<type>[a-z]+\.[A-Z][A-Z0-9_]*[A-Z0-9])'|new NewEntry\(\s*""(?<type>[A-Za-z0-9_.]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
