using Alur.Platform.Data;
using Alur.Platform.Identity;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>A row of <c>journal.entries</c> as every reader selects it.</summary>
internal static class EntryRow
{
    public const string Columns = """
        e.position, e.id, e.stream_id, e.version, e.type, e.schema_version, e.description, e.metadata::text, e.performed_by, e.actor_kind,
        e.performed_at, e.recorded_at, e.correlation_id, e.corrects
        """;

    /// <summary>The row as it is stored.</summary>
    public static JournalEntry Stored(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetGuid(1), new StreamId(row.GetString(2)), row.GetInt32(3), row.GetString(4), row.GetInt32(5), row.Maybe<string>(6), row.Maybe<string>(7),
        new Actor(row.Maybe<string>(8), KindFrom(row.GetString(9))), Moment(row, 10), Moment(row, 11),
        row.Maybe<Guid?>(12), row.Maybe<int?>(13));

    /// <summary>The row as this program knows its type.</summary>
    public static JournalEntry Upcast(NpgsqlDataReader row, EventTypes types)
    {
        var stored = Stored(row);
        var (version, metadata) = types.Upcast(stored.Type, stored.SchemaVersion, stored.Metadata);
        return version == stored.SchemaVersion ? stored : stored with { SchemaVersion = version, Metadata = metadata };
    }

    public static string KindOf(ActorKind kind) => kind switch
    {
        ActorKind.User => "USER",
        ActorKind.ApiKey => "API_KEY",
        ActorKind.System => "SYSTEM",
    };

    private static ActorKind KindFrom(string stored) => stored switch
    {
        "USER" => ActorKind.User,
        "API_KEY" => ActorKind.ApiKey,
        _ => ActorKind.System,
    };

    private static DateTimeOffset Moment(NpgsqlDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);
}
