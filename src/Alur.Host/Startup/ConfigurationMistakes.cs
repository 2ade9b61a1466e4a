using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Alur.Platform.Resilience;

namespace Alur.Host.Startup;

/// <summary>
/// Finds what binding would pass over in silence or stop at: misspelt keys and values of the wrong type, all of them at once. What
/// the values mean is validated by each module's options.
/// </summary>
internal static partial class ConfigurationMistakes
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        (PostgresOptions.Section, typeof(PostgresOptions)),
        (AntreanOptions.Section, typeof(AntreanOptions)),
        ("Delivery", typeof(DeliveryOptions)),
        ("Resilience", typeof(ResilienceOptions)),
    ];

    private static readonly string[] OtherSections = ["ConnectionStrings", "Kestrel", "Logging", "AllowedHosts", "urls", "Demo"];

    /// <summary>One message per mistake, each naming the full key.</summary>
    public static IReadOnlyList<string> Find(IConfiguration configuration) =>
        [.. Sections.SelectMany(s => In(configuration.GetSection(s.Section), s.Options)), .. InPostgres(configuration)];

    /// <summary>Sections of a configuration file that nothing reads. (The environment holds other programs' settings too, so it is not asked.)</summary>
    public static IEnumerable<string> UnknownSections(IConfiguration file, string path) =>
        from section in file.GetChildren()
        let known = Sections.Select(s => s.Section).Concat(OtherSections)
        where !known.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
        select $"{section.Key} is not a section ({path}); known are {string.Join(", ", known)}";

    private static IEnumerable<string> InPostgres(IConfiguration configuration)
    {
        var name = configuration["Postgres:Name"];
        if (name is not null && !DatabaseName().IsMatch(name))
        {
            yield return $"Postgres:Name must be a short lower-case word, but is '{name}'";
        }

        if (int.TryParse(configuration["Postgres:MaxConnections"], CultureInfo.InvariantCulture, out var most) && most is < 20 or > 2000)
        {
            yield return $"Postgres:MaxConnections must be between 20 and 2000, but is {most}";
        }

        if (configuration.GetConnectionString("AlurOwner") is not null && configuration.GetConnectionString("Alur") is null)
        {
            yield return "ConnectionStrings:Alur is missing beside ConnectionStrings:AlurOwner";
        }
    }

    private static IEnumerable<string> In(IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (section.Value is not null || IsLeaf(type))
        {
            return Leaf(section, type);
        }

        if (type.IsGenericType && typeof(IDictionary).IsAssignableFrom(type))
        {
            return section.GetChildren().SelectMany(child => In(child, type.GetGenericArguments()[1]));
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            return section.GetChildren().SelectMany(child => In(child, type.GetGenericArguments()[0]));
        }

        return section.GetChildren().SelectMany(child => Property(type, child.Key) is { } property
            ? In(child, property.PropertyType)
            : [$"{child.Path} is not a setting{Nearest(type, child.Key)}"]);
    }

    private static IEnumerable<string> Leaf(IConfigurationSection section, Type type)
    {
        if (section.Value is not { } value)
        {
            return section.GetChildren().Any() ? [$"{section.Path} must be a single value"] : [];
        }

        if (!IsLeaf(type))
        {
            return value.Length == 0 ? [] : [$"{section.Path} must hold settings of its own, but is '{value}'"];
        }

        if (type == typeof(TimeSpan) && int.TryParse(value, CultureInfo.InvariantCulture, out _))
        {
            return [$"{section.Path} must be {Word(type)}, but is '{value}', which would be days"];
        }

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return [];
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            return [$"{section.Path} must be {Word(type)}, but is '{value}'"];
        }
    }

    private static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(DateTimeOffset) || type == typeof(Uri);

    private static PropertyInfo? Property(Type type, string key) =>
        type.GetProperty(key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);

    private static string Nearest(Type type, string key)
    {
        var known = type.GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal).ToList();
        var nearest = known.Find(k => k.StartsWith(key[..Math.Min(2, key.Length)], StringComparison.OrdinalIgnoreCase));
        return nearest is null ? $"; known are {string.Join(", ", known)}" : $"; did you mean {nearest}?";
    }

    private static string Word(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a duration such as 00:01:00",
        _ when type.IsPrimitive => "a number",
        _ => $"a {type.Name}",
    };

    [GeneratedRegex("^[a-z][a-z0-9-]{0,30}$", RegexOptions.None, 100)]
    private static partial Regex DatabaseName();
}
