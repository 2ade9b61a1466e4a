using Alur.Platform.Data;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Journal;

/// <summary>Before anything appends: the table says what the registered types are, for everybody who reads the journal without this program.</summary>
internal sealed class MirrorEventTypes(EventTypes types, NpgsqlDataSource db) : IHostedService
{
    private const string Mirror = """
        insert into journal.event_types (name, schema_version, module, schema)
        select t.name, t.version, t.module, t.schema::jsonb
        from unnest($1, $2, $3, $4) as t(name, version, module, schema)
        order by t.name
        on conflict (name, schema_version) do nothing
        """;

    private const string Changed = """
        select t.name || ', version ' || t.version
        from unnest($1, $2, $3, $4) as t(name, version, module, schema)
        join journal.event_types e on e.name = t.name and e.schema_version = t.version
        where e.schema <> t.schema::jsonb
        order by 1
        """;

    public Task StartAsync(CancellationToken cancellationToken) => DatabaseRestart.Outlast(() => Run(cancellationToken), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Adds what is new.</summary>
    /// <exception cref="InvalidOperationException">A type has another schema than the one with which its version was recorded.</exception>
    public async Task Run(CancellationToken ct)
    {
        await Execute(Mirror, async command => await command.ExecuteNonQueryAsync(ct));
        List<string> changed = [];
        await Execute(Changed, async command =>
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) changed.Add(reader.GetString(0));
        });
        if (changed.Count > 0)
            throw new InvalidOperationException($"The schema of these event types is not the one their entries were recorded with: {string.Join("; ", changed)}. A changed schema needs the next version.");
    }

    private async Task Execute(string sql, Func<NpgsqlCommand, Task> run)
    {
        var all = types.All.ToArray();
        await using var command = db.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(all, t => t.Type.Name), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(all, t => t.Type.SchemaVersion), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(all, t => t.Module), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(all, t => t.Type.Schema), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await run(command);
    }
}
