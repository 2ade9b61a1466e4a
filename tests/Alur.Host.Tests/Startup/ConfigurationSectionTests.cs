using System.Reflection;
using Alur.Host.Startup;
using Microsoft.Extensions.Configuration;

namespace Alur.Host.Tests.Startup;

public sealed class ConfigurationSectionTests
{
    [Fact]
    public void A_file_may_have_every_section_that_something_reads()
    {
        var read = Parts(typeof(ConfigurationMistakes).Assembly).SelectMany(part => part.GetTypes())
            .Select(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsLiteral: true }).Select(field => field!.GetRawConstantValue()).OfType<string>().Distinct().ToList();
        var file = new ConfigurationBuilder().AddInMemoryCollection(read.Select(section => KeyValuePair.Create(section + ":Key", (string?)"1"))).Build();

        Assert.Contains("Realtime", read);
        Assert.InRange(read.Count, 13, 100);
        Assert.Empty(ConfigurationMistakes.UnknownSections(file, "alur.json"));
    }

    private static IEnumerable<Assembly> Parts(Assembly host) =>
        host.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Alur.", StringComparison.Ordinal)).Select(Assembly.Load).Append(host);
}
