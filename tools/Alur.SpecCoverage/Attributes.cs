using System.Reflection.Metadata;

namespace Alur.SpecCoverage;

/// <summary>What has to be known of an attribute in metadata: its type, its strings and whether a property is set on it.</summary>
internal static class Attributes
{
    /// <summary>Whether the attribute is one of these types or derives from one within the same assembly.</summary>
    public static bool Derives(MetadataReader metadata, CustomAttribute attribute, params string[] names)
    {
        var type = attribute.Constructor.Kind == HandleKind.MemberReference
            ? metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
        while (type.Kind == HandleKind.TypeDefinition)
        {
            type = metadata.GetTypeDefinition((TypeDefinitionHandle)type).BaseType;
        }

        return type.Kind == HandleKind.TypeReference && names.Contains(FullName(metadata, (TypeReferenceHandle)type));
    }

    /// <summary>The two arguments of an attribute made with (string, string).</summary>
    public static (string? First, string Second) TwoStrings(MetadataReader metadata, CustomAttribute attribute)
    {
        var value = metadata.GetBlobReader(attribute.Value);
        value.ReadUInt16(); // every attribute value starts with the same two bytes
        return (value.ReadSerializedString(), value.ReadSerializedString() ?? "");
    }

    /// <summary>Whether the attribute sets the named property to something.</summary>
    public static bool Sets(CustomAttribute attribute, string property) =>
        attribute.DecodeValue(Names.Instance).NamedArguments.Any(argument => argument.Name == property && argument.Value is not null);

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    /// <summary>Types as names: enough to step over arguments. An enum's width is not in this assembly; ours are all ints.</summary>
    private sealed class Names : ICustomAttributeTypeProvider<string>
    {
        public static readonly Names Instance = new();

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSystemType() => "System.Type";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => FullName(reader, handle);

        public string GetTypeFromSerializedName(string name) => name;

        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

        public bool IsSystemType(string type) => type == "System.Type";
    }
}
