using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Alur.Platform.Web.OpenApi;

/// <summary>What the sources say about types, their parameters and methods, from the file that the compiler puts beside each assembly; nothing where there is none.</summary>
internal sealed partial class XmlComments
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _files = new();

    /// <summary>Of a type.</summary>
    public string? Summary(Type type) => Text(Member(type.Assembly, $"T:{NameOf(type)}")?.Element("summary"));

    /// <summary>Of a record's parameter.</summary>
    public string? Parameter(Type record, string name) =>
        Text(Member(record.Assembly, $"T:{NameOf(record)}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == name));

    /// <summary>Of a method; overloads share it.</summary>
    public string? Summary(MethodInfo method)
    {
        var name = $"M:{NameOf(method.DeclaringType!)}.{method.Name}";
        return Text(Members(method.DeclaringType!.Assembly).FirstOrDefault(m => m.Key == name || m.Key.StartsWith(name + '(', StringComparison.Ordinal)).Value?.Element("summary"));
    }

    private XElement? Member(Assembly assembly, string name) => Members(assembly).GetValueOrDefault(name);

    private Dictionary<string, XElement> Members(Assembly assembly) => _files.GetOrAdd(assembly, Read);

    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
    }

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        foreach (var reference in element.Descendants().Where(e => e.IsEmpty).ToList())
        {
            reference.ReplaceWith((reference.Attribute("cref") ?? reference.Attribute("name"))?.Value.Split('.', ':')[^1] ?? "");
        }

        return Space().Replace(element.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
