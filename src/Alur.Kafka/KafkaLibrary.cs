using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Alur.Kafka;

/// <summary>Finds librdkafka. The distribution installs no unversioned name without its -dev package, so the versioned one is asked for.</summary>
internal static class KafkaLibrary
{
    public const string FileName = "librdkafka.so.1";

    public const string Install = "Install the package librdkafka1 (Debian, Ubuntu: apt-get install librdkafka1) or librdkafka (others)";

    private static readonly Lazy<bool> Resolver = new(Register);

    /// <summary>Whether it is there.</summary>
    public static bool IsInstalled(string fileName = FileName) => NativeLibrary.TryLoad(fileName, out _);

    /// <summary>Which one it is. It must be there.</summary>
    public static string Version()
    {
        Use();
        return $"librdkafka {Library.VersionString}";
    }

    /// <summary>Before the first use of the client, which would look for files that its own package brings.</summary>
    public static void Use() => _ = Resolver.Value;

    private static bool Register()
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "librdkafka" ? NativeLibrary.Load(FileName) : 0;
}

/// <summary>Refuses the start of a server that shall tell Kafka and cannot.</summary>
/// <param name="fileName">The library's.</param>
internal sealed class RequireLibrary(string fileName = KafkaLibrary.FileName) : IValidateOptions<KafkaOptions>
{
    public ValidateOptionsResult Validate(string? name, KafkaOptions options) =>
        string.IsNullOrWhiteSpace(options.BootstrapServers) || KafkaLibrary.IsInstalled(fileName)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Kafka:BootstrapServers is set, but the library that speaks to Kafka ({fileName}) is not installed. {KafkaLibrary.Install}, or leave the setting out.");
}
