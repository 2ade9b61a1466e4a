using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>What people call the receivers behind the channels and breakers <c>hook:ID</c>: their description and their host. One statement for all of them.</summary>
internal sealed class ReceiverNames
{
    private const string Sql = "select id, url, description from platform.webhook_endpoints";

    private readonly Dictionary<string, string> _names;

    private ReceiverNames(Dictionary<string, string> names) => _names = names;

    /// <summary>As they are called now.</summary>
    public static async Task<ReceiverNames> Read(NpgsqlDataSource database, CancellationToken ct)
    {
        var receivers = await database.Statement(Sql).Rows(r => (Channel: HookNames.Channel(r.GetGuid(0)), Name: NameOf(new Uri(r.GetString(1)), r.GetString(2))), ct);
        return new(receivers.ToDictionary(r => r.Channel, r => r.Name, StringComparer.Ordinal));
    }

    /// <summary>Of a channel or breaker: <c>webhook Kasir (kasir.example)</c>; its own name if it is no receiver's, or of one that was deleted.</summary>
    public string Of(string channel) => _names.GetValueOrDefault(channel, channel);

    // It stands within sentences, whose first one is the title of a notification.
    private static string NameOf(Uri url, string description)
    {
        var host = url.IsDefaultPort ? url.IdnHost : $"{url.IdnHost}:{url.Port}";
        return description.Length == 0 ? $"webhook {host}" : $"webhook {description.ReplaceLineEndings(" ").Replace(". ", " ", StringComparison.Ordinal)} ({host})";
    }
}
