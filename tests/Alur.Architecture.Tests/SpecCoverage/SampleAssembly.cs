using System.Reflection;
using System.Reflection.Emit;

namespace Alur.Architecture.Tests.SpecCoverage;

/// <summary>A test assembly written to disk as the compiler would write it, so that the reader is tried on claims this project must not make.</summary>
internal static class SampleAssembly
{
    private static readonly ConstructorInfo Trait = typeof(TraitAttribute).GetConstructor([typeof(string), typeof(string)])!;
    private static readonly ConstructorInfo Fact = typeof(FactAttribute).GetConstructors().Single();

    public static void Write(string path, params Action<ModuleBuilder>[] types)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(path)), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("sample");
        foreach (var define in types)
        {
            define(module);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        assembly.Save(path);
    }

    public static Action<ModuleBuilder> Class(
        string name, TypeAttributes attributes, string? claim, params Action<TypeBuilder>[] methods) => module =>
    {
        var type = module.DefineType(name, attributes);
        if (claim is not null)
        {
            type.SetCustomAttribute(Claim(claim));
        }

        foreach (var define in methods)
        {
            define(type);
        }

        type.CreateType();
    };

    /// <summary>A method that claims an id; <paramref name="fact"/> makes it a test, <paramref name="skip"/> one that never runs.</summary>
    public static Action<TypeBuilder> Method(string name, string claim, bool fact = true, string? skip = null) => type =>
    {
        var method = type.DefineMethod(name, MethodAttributes.Public, typeof(void), []);
        method.GetILGenerator().Emit(OpCodes.Ret);
        method.SetCustomAttribute(Claim(claim));
        if (fact)
        {
            var arguments = Fact.GetParameters().Select(parameter => parameter.DefaultValue).ToArray();
            var skipped = typeof(FactAttribute).GetProperty(nameof(FactAttribute.Skip))!;
            method.SetCustomAttribute(skip is null
                ? new CustomAttributeBuilder(Fact, arguments)
                : new CustomAttributeBuilder(Fact, arguments, [skipped], [skip]));
        }
    };

    private static CustomAttributeBuilder Claim(string id) => new(Trait, ["Spec", id]);
}
