using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Alur.Architecture.Tests;

public sealed class BoundaryTests
{
    private static readonly string[] Shared = ["Alur.Platform", "Alur.MariaDb"];
    private static readonly string[] Modules = ["Alur.Antrean", "Alur.Kafka"];

    public static TheoryData<string> Projects =>
        [.. Repository.Sources("*.csproj", "src").Select(project => Path.GetFileNameWithoutExtension(project.Path))];

    public static TheoryData<string> ModuleNames => [.. Modules];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_place_allows(string project)
    {
        string[] allowed = project switch
        {
            "Alur.Host" => [.. Shared, .. Modules, "Alur.Simulators"],
            "Alur.Simulators" => Shared,
            "Alur.Platform" or "Alur.MariaDb" => [],
            _ when Modules.Contains(project) => ["Alur.Platform"],
            _ => throw new InvalidOperationException($"{project} has no place in the architecture yet: add it here."),
        };

        Assert.Empty(References(project).Except(allowed));
    }

    [Fact]
    public void Nothing_in_src_depends_on_tests_benches_or_tools()
    {
        var outside = from project in Repository.Sources("*.csproj", "src")
                      from reference in XDocument.Parse(project.Text).Descendants("ProjectReference")
                      let target = reference.Attribute("Include")!.Value
                      where target.Contains("/tests/") || target.Contains("/bench/") || target.Contains("/tools/")
                      select $"{project.Path} → {target}";

        Assert.Empty(outside);
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void A_module_shows_only_its_entry_points_options_and_data(string module)
    {
        var others = Assembly.Load(module).GetExportedTypes()
            .Where(type => !IsEntryPoint(type) && !IsOptions(type) && !type.IsEnum && !IsRecord(type) && !IsInHiddenType(type) && !IsMarkup(type));

        Assert.Empty(others.Select(type => type.FullName));
    }

    [Fact]
    public void The_host_shows_nothing()
    {
        Assert.Equal(["Program"], Assembly.Load("Alur.Host").GetExportedTypes().Select(type => type.FullName)); // which the SDK makes
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_class_is_derived_from_only_where_it_was_made_for_that(string project)
    {
        var all = Assembly.Load(project).GetTypes();
        var open = all.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && type.Namespace?.StartsWith("Alur", StringComparison.Ordinal) == true && !IsMarkup(type) && !type.IsDefined(typeof(CompilerGeneratedAttribute)));

        Assert.Empty(open.Where(type => !all.Any(other => other.BaseType == type)).Select(type => type.FullName));
    }

    /// <summary>What the compiler makes of a page's markup is public and not sealed; nobody but its own module answers with it.</summary>
    private static bool IsMarkup(Type type) => type.Name == "_Imports" || type.GetInterfaces().Any(i => i.FullName == "Microsoft.AspNetCore.Components.IComponent");

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    private static bool IsEntryPoint(Type type) =>
        type is { IsAbstract: true, IsSealed: true }
        && type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .All(method => method.Name.StartsWith("Add", StringComparison.Ordinal) || method.Name.StartsWith("Map", StringComparison.Ordinal));

    private static bool IsOptions(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    /// <summary>Request records are public inside an internal slice: validation skips internal types without a word.</summary>
    private static bool IsInHiddenType(Type type) => type.DeclaringType is { IsVisible: false };
}
