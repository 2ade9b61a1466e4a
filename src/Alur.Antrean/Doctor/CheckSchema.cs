using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>Every column and index that the poll uses is there and may be read; every table takes part in snapshots.</summary>
internal static class CheckSchema
{
    private const string Code = "khanza.schema";
    private const string Columns = "select lower(table_name), lower(column_name) from information_schema.columns where table_schema = database()";

    private const string Keys = """
        select lower(table_name), lower(column_name) from information_schema.statistics where table_schema = database() and seq_in_index = 1
        """;

    private const string Engines = """
        select lower(table_name), engine from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE' and engine <> 'InnoDB'
        """;

    /// <summary>The findings, and whether everything a poll selects can be selected.</summary>
    public static async Task<(IReadOnlyList<Finding> Findings, bool Readable)> Run(KhanzaTalk khanza, IReadOnlyList<KhanzaNeed> needs, CancellationToken ct)
    {
        var columns = await Pairs(khanza, Columns, ct);
        var keys = await Pairs(khanza, Keys, ct);
        var engines = (await khanza.Rows(Engines, ct)).ToLookup(r => r[0]!, r => r[1], StringComparer.Ordinal);
        List<Finding> missing = [.. needs.SelectMany(need => Missing(need, columns))];
        List<Finding> costly = [.. needs.Where(n => columns.Contains(n.Table)).SelectMany(need => Costly(need, keys)), .. needs.SelectMany(n => engines[n.Table].Select(e => NotInnoDb(n.Table, e)))];
        var readable = missing.Count == 0;
        if (readable)
            missing.Add(Finding.Ok(Code, $"Semua kolom yang dibaca ada ({needs.Count} tabel).", $"Every column that is read is there ({needs.Count} tables)."));
        return ([.. missing, .. costly], readable);
    }

    private static IEnumerable<Finding> Missing(KhanzaNeed need, ILookup<string, string> columns)
    {
        if (!columns.Contains(need.Table))
        {
            yield return Finding.Wrong(Code, new($"Tabel {need.Table} tidak ada atau tidak boleh dibaca.", $"The table {need.Table} does not exist or may not be read."),
                new($"Minta DBA: GRANT SELECT ON sik.{need.Table} TO akun Alur (ganti sik dengan nama database).", $"Ask the DBA: GRANT SELECT ON sik.{need.Table} TO Alur's account (the database's name for sik)."));
        }
        else if (need.Columns.Except(columns[need.Table], StringComparer.Ordinal).ToList() is { Count: > 0 } absent)
        {
            var names = string.Join(", ", absent);
            yield return Finding.Wrong(Code, new($"Tabel {need.Table} tidak punya kolom {names}, atau kolom itu tidak boleh dibaca.", $"The table {need.Table} lacks {names}, or they may not be read."),
                absent.TrueForAll(a => a.StartsWith("task_id_", StringComparison.Ordinal))
                    ? new("Pilih sumber lain: ./alur antrean profile", "Choose other sources: ./alur antrean profile")
                    : new("Perbarui Khanza (update database) atau minta DBA memberi SELECT atas seluruh tabel.", "Update Khanza's schema, or ask the DBA for SELECT on the whole table."));
        }
    }

    private static IEnumerable<Finding> Costly(KhanzaNeed need, ILookup<string, string> keys) =>
        from key in need.Keys
        where !keys[need.Table].Contains(key, StringComparer.Ordinal)
        select Finding.Warning("khanza.index",
            new($"Tidak ada indeks yang diawali {need.Table}.{key}: setiap pembacaan menelusuri seluruh tabel.", $"No index begins with {need.Table}.{key}: every poll reads the whole table."),
            new($"Minta DBA, di luar jam kerja: CREATE INDEX {key} ON {need.Table} ({key});", $"Ask the DBA, outside office hours: CREATE INDEX {key} ON {need.Table} ({key});"));

    private static Finding NotInnoDb(string table, string? engine) => Finding.Warning("khanza.engine",
        new($"Tabel {table} memakai {engine}, bukan InnoDB: pembacaan tidak melihat satu saat yang sama dan dapat menahan penulis.",
            $"The table {table} is {engine}, not InnoDB: reads see no single moment and may hold writers up."),
        new($"Minta DBA, di luar jam kerja dan sesudah cadangan: ALTER TABLE {table} ENGINE=InnoDB;", $"Ask the DBA, outside office hours and after a backup: ALTER TABLE {table} ENGINE=InnoDB;"));

    private static async Task<ILookup<string, string>> Pairs(KhanzaTalk khanza, string sql, CancellationToken ct) =>
        (await khanza.Rows(sql, ct)).Where(r => r[1] is not null).ToLookup(r => r[0]!, r => r[1]!, StringComparer.Ordinal);
}
