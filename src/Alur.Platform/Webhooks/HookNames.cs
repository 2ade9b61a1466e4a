namespace Alur.Platform.Webhooks;

/// <summary>How the delivery engine names receivers.</summary>
internal static class HookNames
{
    /// <summary>Kind of the channels.</summary>
    public const string Kind = "hook";

    /// <summary>The channel and the breaker of an endpoint.</summary>
    public static string Channel(Guid endpoint) => $"{Kind}:{endpoint}";

    /// <summary>Whether a channel is one of an endpoint.</summary>
    public static bool IsHook(string channel) => channel.StartsWith($"{Kind}:", StringComparison.Ordinal);

    /// <summary>The endpoint of a channel.</summary>
    public static Guid Endpoint(string channel) => Guid.Parse(channel.AsSpan(Kind.Length + 1));
}
