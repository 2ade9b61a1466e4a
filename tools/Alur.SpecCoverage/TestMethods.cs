using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Alur.SpecCoverage;

/// <summary>A test that the runner really runs, with the requirement ids it and its class claim.</summary>
internal sealed record TestMethod(string Class, string Name, IReadOnlyList<string> Spec);

/// <summary>
/// Reads tests out of a built assembly without loading it. Counted are public methods with a fact or theory attribute that is not
/// skipped, in public classes that can be made: a claim anywhere else proves nothing, because nothing runs.
/// </summary>
internal static class TestMethods
{
    private const string TraitName = "Spec";

    public static IReadOnlyList<TestMethod> Read(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeDefinitions.Where(type => IsRunnable(metadata, metadata.GetTypeDefinition(type)))
            .SelectMany(type => InClass(metadata, metadata.GetTypeDefinition(type)))];
    }

    private static IEnumerable<TestMethod> InClass(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        var ofClass = Claims(metadata, type.GetCustomAttributes()).ToList();
        return from declaring in WithBases(metadata, type)
               from handle in declaring.GetMethods()
               let method = metadata.GetMethodDefinition(handle)
               where method.Attributes.HasFlag(MethodAttributes.Public) && IsTest(metadata, method)
               select new TestMethod(name, metadata.GetString(method.Name), [.. ofClass, .. Claims(metadata, method.GetCustomAttributes())]);
    }

    private static bool IsRunnable(MetadataReader metadata, TypeDefinition type)
    {
        var visibility = type.Attributes & TypeAttributes.VisibilityMask;
        return !type.Attributes.HasFlag(TypeAttributes.Abstract) && visibility switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic => IsOpen(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())),
            _ => false,
        };
    }

    private static bool IsOpen(MetadataReader metadata, TypeDefinition outer) =>
        (outer.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
        || (outer.IsNested && IsOpen(metadata, metadata.GetTypeDefinition(outer.GetDeclaringType())));

    /// <summary>The class and the bases that the same assembly defines; facts may be inherited.</summary>
    private static IEnumerable<TypeDefinition> WithBases(MetadataReader metadata, TypeDefinition type)
    {
        yield return type;
        while (type.BaseType is { IsNil: false, Kind: HandleKind.TypeDefinition } parent)
        {
            type = metadata.GetTypeDefinition((TypeDefinitionHandle)parent);
            yield return type;
        }
    }

    private static bool IsTest(MetadataReader metadata, MethodDefinition method) =>
        method.GetCustomAttributes().Select(metadata.GetCustomAttribute).Any(attribute =>
            Attributes.Derives(metadata, attribute, "Xunit.FactAttribute", "Xunit.TheoryAttribute")
            && !Attributes.Sets(attribute, "Skip"));

    private static IEnumerable<string> Claims(MetadataReader metadata, CustomAttributeHandleCollection attributes) =>
        from handle in attributes
        let attribute = metadata.GetCustomAttribute(handle)
        where Attributes.Derives(metadata, attribute, "Xunit.TraitAttribute")
        let pair = Attributes.TwoStrings(metadata, attribute)
        where pair.First == TraitName
        select pair.Second;
}
