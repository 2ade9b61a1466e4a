using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Results;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

/// <summary>A journal with a few event types, on a database of its own.</summary>
public sealed class JournalDesk : IAsyncLifetime
{
    public static readonly DateTimeOffset Morning = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    public static readonly Actor Nurse = new("01JNURSE", ActorKind.User);

    private const string Paid = """
        {"type": "object", "required": ["billId", "amount"], "additionalProperties": false, "properties": {
          "billId": {"type": "string", "maxLength": 40}, "amount": {"type": "number", "minimum": 0},
          "paidOn": {"type": "string", "format": "date"}, "method": {"enum": ["CASH", "CARD"]},
          "items": {"type": "array", "maxItems": 3, "items": {"type": "string"}}}}
        """;

    private TestDatabase? _database;

    public TestDatabase Database => _database!;

    internal EventTypes Types { get; } = new([new ModuleEventTypes("clinic", [
        new EventType("VISIT_REGISTERED", 1, "{}"),
        new EventType("QUEUE_JOINED", 1, """{"properties": {"number": {"type": "integer"}}}"""),
        new EventType("PAYMENT_RECEIVED", 2, Paid) { Upcasts = new Dictionary<int, Func<JsonObject, JsonObject>> { [1] = InRupiah } },
    ])]);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        await new MirrorEventTypes(Types, Database.App).Run(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    public static StreamId NewVisit() => StreamId.Of("visit", Guid.NewGuid().ToString("N"));

    public static NewEntry Happened(string type = "QUEUE_JOINED", int minutes = 0) => new(type, Nurse, Morning.AddMinutes(minutes));

    public static StreamAppend To(StreamId stream, params NewEntry[] entries) => new(stream, entries.Length == 0 ? [Happened()] : entries);

    /// <summary>Appends in a transaction of its own, which is committed whatever the answer.</summary>
    public Task<Result<Appended>> Append(params StreamAppend[] streams) => AppendOnce(null, streams);

    public async Task<Result<Appended>> AppendOnce(string? commandId, params StreamAppend[] streams)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var result = await new AppendEntries(Types).Run(tx, streams, commandId);
        await tx.CommitAsync();
        return result;
    }

    public async Task<IReadOnlyList<JournalEntry>> Read(StreamId stream) => await new ReadStream(Database.App, Types).Run(stream);

    public async Task<T> Ask<T>(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // Version 1 called the amount "total".
    private static JsonObject InRupiah(JsonObject old)
    {
        var amount = old["total"]?.DeepClone();
        old.Remove("total");
        old["amount"] = amount;
        return old;
    }
}
