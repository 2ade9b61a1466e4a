using System.Text.RegularExpressions;

namespace Alur.Kafka;

/// <summary>Which topic the entries of a type go to: the one configured for the type, else for the longest family it is of, else one of its own name.</summary>
internal sealed partial class KafkaTopics(KafkaOptions options)
{
    private const int Longest = 249;

    public string Of(string type) => options.TopicPrefix + (options.Topics.TryGetValue(type, out var own) ? own : FamilyOf(type) ?? type);

    /// <summary>What brokers take as a name.</summary>
    public static bool IsName(string topic) => topic.Length is > 0 and <= Longest && topic is not ("." or "..") && Name().IsMatch(topic);

    /// <summary>Whether a key of the settings is about this type.</summary>
    public static bool Covers(string key, string type) => key == type || (key.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(key[..^1], StringComparison.Ordinal));

    private string? FamilyOf(string type) => options.Topics.Where(topic => Covers(topic.Key, type)).OrderByDescending(topic => topic.Key.Length).Select(topic => topic.Value).FirstOrDefault();

    [GeneratedRegex("^[A-Za-z0-9._-]+$", RegexOptions.None, 100)]
    private static partial Regex Name();
}
