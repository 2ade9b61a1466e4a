using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Platform.Tests.Audit;

/// <summary>Writes and reads the audit as those do who use it.</summary>
internal static class AuditDesk
{
    public static readonly AuditResource Things = new("things");
    public static readonly AuditResource Records = new("records", AuditClass.Medical);

    public static readonly AuditOrigin Desk = new(new Actor("desk", ActorKind.ApiKey), "admin", "10.0.0.7", "curl/8");

    public static async Task Write(this TestDatabase database, AuditOrigin origin, params AuditEntry[] entries)
    {
        await using var connection = await database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await WriteAudit.Run(tx, origin, entries, CancellationToken.None);
        await tx.CommitAsync();
    }

    /// <summary>An account that exists.</summary>
    public static async Task<Guid> User(this TestDatabase database)
    {
        var id = Guid.CreateVersion7();
        await database.Execute($"""
            insert into identity.users (id, email, password, name, role) values ('{id}', '{id}@rs.example', '$2b$12${new string('a', 53)}', 'Somebody', 'admin')
            """);
        return id;
    }

    /// <summary>Every item of a list that only an administrator may see.</summary>
    public static async Task<List<JsonNode>> AdminWalk(this AlurApp app, string path)
    {
        var client = app.AsAdmin();
        var items = new List<JsonNode>();
        for (string? next = ""; next is not null;)
        {
            var page = JsonNode.Parse(await client.GetStringAsync($"{path}{(next.Length == 0 ? "" : path.Contains('?', StringComparison.Ordinal) ? "&after=" : "?after=")}{next}"))!;
            items.AddRange(page["data"]!.AsArray().Select(item => item!));
            next = (string?)page["meta"]!["next"];
        }
        return items;
    }

    public static async Task<List<string>> Column(this TestDatabase database, string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(await reader.IsDBNullAsync(0) ? "" : Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }

    public static async Task<int> Execute(this TestDatabase database, string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }
}
