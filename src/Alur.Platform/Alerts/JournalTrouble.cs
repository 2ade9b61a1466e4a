using Alur.Platform.Data;
using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Consumers of the journal, of this program or of one that ran beside it minutes ago, that stand still until somebody resumes them, and those that have waited for others
/// for minutes. What they said is left at home: nobody vouches that no patient is in it.
/// </summary>
internal sealed class JournalTrouble(NpgsqlDataSource db, IEnumerable<IJournalFollower> followers) : IAlertSource
{
    // One that nobody has any more, such as that of a setting that was taken out, keeps its row, so that it goes on where it was; it is nobody's trouble. Another node may
    // have what this one has not: the lease says so, and for the time of a restart too.
    private const string Followed = $"""
        (c.name = any(@ours) or exists (select from platform.leases l where l.name = '{JournalSetup.LeasePrefix}' || c.name and l.until > now() - interval '10 minutes'))
        """;

    private const string Failed = $"select c.name, c.failed_position from journal.consumers c where c.state = 'FAILED' and {Followed} order by c.name";

    private const string Waiting = $"""
        select c.name, to_char(c.waits_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"') from journal.consumers c
        where c.waits_since < now() - interval '5 minutes' and {Followed}
        order by c.name
        """;

    private readonly string[] _ours = [.. followers.Select(one => one.Name)];

    public string Prefix => "journal.";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct) =>
    [
        .. await db.Statement(Failed, ("ours", _ours)).Rows(row => Stopped(row.GetString(0), row.GetInt64(1)), ct),
        .. await db.Statement(Waiting, ("ours", _ours)).Rows(row => Waits(row.GetString(0), row.GetString(1)), ct),
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
