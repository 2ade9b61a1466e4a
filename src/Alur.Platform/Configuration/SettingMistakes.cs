using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Alur.Platform.Configuration;

/// <summary>
/// Finds what binding would pass over in silence or stop at: misspelt keys and values of the wrong type, all of them at once. A key
/// passed over would leave somebody with a default that was not meant.
/// </summary>
public static class SettingMistakes
{
    /// <summary>One message per mistake, each naming the full key; empty when the section fits.</summary>
    /// <param name="section">What was configured.</param>
    /// <param name="type">The options it is bound to.</param>
    public static IEnumerable<string> In(IConfigurationSection section, Type type)
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
            ? IsNullWhereNoneMayBe(child, property) ? [$"{child.Path} must not be null; leave it out for its default"] : In(child, property.PropertyType)
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
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            return [$"{section.Path} must be {Word(type)}, but is '{value}'"];
        }
    }

    private static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(DateTimeOffset) || type == typeof(Uri);

    // Binding would put it there against the type's word, and whoever reads the setting later would fall over it.
    private static bool IsNullWhereNoneMayBe(IConfigurationSection section, PropertyInfo property) =>
        section.Value is null && !section.GetChildren().Any() && IsLeaf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
        && new NullabilityInfoContext().Create(property).WriteState != NullabilityState.Nullable;

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
}
