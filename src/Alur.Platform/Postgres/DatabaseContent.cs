using System.Globalization;
using Npgsql;

namespace Alur.Platform.Postgres;

/// <summary>
/// What a database holds, so that two can be compared: rows and a digest of each table, and where each sequence stands. The digest is a sum over
/// the rows, so it does not mind their order, and is made of md5, which every version computes alike.
/// </summary>
internal sealed class DatabaseContent
{
    private const string FindTables = """
        select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by 1
        """;

    private const string FindSequences = "select quote_ident(schemaname) || '.' || quote_ident(sequencename), coalesce(last_value::text, 'unused') from pg_sequences order by 1";

    // An owner's own rights grow with the versions, as MAINTAIN did with 17; and versions put different brackets around the same conditions.
    private const string FindObjects = """
        select kind || ' ' || name, definition from (
            select 'constraint', conrelid::regclass || ' ' || conname, translate(pg_get_constraintdef(oid), '()', '') from pg_constraint where connamespace::regnamespace::text !~ '^(pg_|information_schema)' and contype <> 'n'
            union all
            select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
            union all
            select 'function', p.oid::regprocedure::text, md5(prosrc) || p.proowner::regrole || (proacl is null) from pg_proc p where pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
            union all
            select 'owner and rights', c.oid::regclass::text, c.relowner::regrole || coalesce((
                select string_agg(concat(' ', a.grantee::regrole, ' ', a.privilege_type), ',' order by a.grantee::regrole::text, a.privilege_type)
                from aclexplode(c.relacl) a where a.grantee <> c.relowner and a.privilege_type <> 'MAINTAIN'), '')
            from pg_class c
            where c.relkind in ('r', 'p', 'v', 'S') and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
        ) as o(kind, name, definition)
        order by 1
        """;

    private readonly SortedDictionary<string, string> _parts = new(StringComparer.Ordinal);

    public int Tables { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Reads all of it.</summary>
    public static async Task<DatabaseContent> Of(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var content = new DatabaseContent();
        foreach (var (table, _) in await Pairs(connection, FindTables, ct))
        {
            await content.Add(connection, table, ct);
        }

        foreach (var (name, value) in (await Pairs(connection, FindSequences, ct)).Concat(await Pairs(connection, FindObjects, ct)))
        {
            content._parts[name] = value;
        }

        return content;
    }

    /// <summary>What differs first, in words; null: nothing.</summary>
    public string? FirstDifference(DatabaseContent other) =>
        _parts.Keys.Union(other._parts.Keys, StringComparer.Ordinal)
            .Select(name => (Name: name, Here: _parts.GetValueOrDefault(name, "missing"), There: other._parts.GetValueOrDefault(name, "missing")))
            .Where(part => part.Here != part.There)
            .Select(part => $"{part.Name} was {part.Here} and is {part.There}").FirstOrDefault();

    private async Task Add(NpgsqlConnection connection, string table, CancellationToken ct)
    {
        var sql = $"select count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0)::text from {table} t";
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        (Tables, Rows) = (Tables + 1, Rows + reader.GetInt64(0));
        _parts[table] = string.Create(CultureInfo.InvariantCulture, $"{reader.GetInt64(0)} rows, digest {reader.GetString(1)}");
    }

    private static async Task<List<(string Name, string Value)>> Pairs(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(string, string)> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add((reader.GetString(0), reader.FieldCount > 1 ? reader.GetString(1) : ""));
        }

        return rows;
    }
}
