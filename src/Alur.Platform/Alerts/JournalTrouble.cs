using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Consumers of the journal that stand still until somebody resumes them, and those that have waited for others for minutes. What they said is left at home: nobody
/// vouches that no patient is in it.
/// </summary>
internal sealed class JournalTrouble(NpgsqlDataSource db) : IAlertSource
{
    private const string Failed = "select name, failed_position from journal.consumers where state = 'FAILED' order by name";

    private const string Waiting = """
        select name, to_char(waits_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"') from journal.consumers where waits_since < now() - interval '5 minutes' order by name
        """;

    public string Prefix => "journal.";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct) =>
    [
        .. await db.Statement(Failed).Rows(row => Stopped(row.GetString(0), row.GetInt64(1)), ct),
        .. await db.Statement(Waiting).Rows(row => Waits(row.GetString(0), row.GetString(1)), ct),
    ];

    private static AlertCondition Stopped(string name, long position) => new(
        $"journal.consumer:{name}",
        $"Pembaca jurnal {name} berhenti di entri {position}. Tidak ada yang hilang. Sebabnya: ./alur journal consumers; setelah diperbaiki: ./alur journal resume {name}",
        $"The journal consumer {name} stopped at the entry {position}. Nothing is lost. Why: ./alur journal consumers; once that is mended: ./alur journal resume {name}");

    private static AlertCondition Waits(string name, string since) => new(
        $"journal.waits:{name}",
        $"Pembaca jurnal {name} menunggu sejak {since}: tujuannya tidak dapat dihubungi. Tidak ada yang hilang, dan dilanjutkan sendiri. Sebabnya: ./alur journal consumers",
        $"The journal consumer {name} has waited since {since}: whoever it tells is away. Nothing is lost, and it goes on by itself. Why: ./alur journal consumers");
}
