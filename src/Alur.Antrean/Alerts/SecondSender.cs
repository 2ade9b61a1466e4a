using Alur.Antrean.Reconcile;
using Alur.Antrean.Sites;
using Alur.Platform.Alerts;
using Npgsql;

namespace Alur.Antrean.Alerts;

/// <summary>
/// Another program that tells BPJS the same visits. BPJS says 208 to what it has; where no call of ours can have told it, somebody else was
/// there before (<see cref="ToldBy.SomebodyElse"/>).
/// </summary>
internal sealed class SecondSender(NpgsqlDataSource db, SiteDirectory sites, TimeProvider clock) : IAlertSource
{
    private const int Few = 3;

    private const string ToldByOthers = """
        select s.code, count(*)
        from unnest($1, $2) as o(code, today)
        join antrean.sites s on s.code = o.code
        join antrean.visits v on v.site_id = s.id and v.service_date = o.today
        join antrean.tasks t on t.site_id = s.id and t.visit_id = v.visit_id and t.already_there
        join antrean.task_catalogue c on c.code = t.task
        join delivery.jobs j on j.channel = 'bpjs:' || s.code and j.key = t.visit_id and j.step = c.step
        where j.state = 'SENT' and j.last_code = '208' and not j.unanswered
        group by s.code
        having count(*) >= $3
        """;

    public string Prefix => "antrean.second-sender:";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct)
    {
        await using var command = db.CreateCommand(ToldByOthers);
        command.Parameters.Add(new() { Value = sites.All.Select(s => s.Code).ToArray() });
        command.Parameters.Add(new() { Value = sites.All.Select(s => s.Today(clock)).ToArray() });
        command.Parameters.Add(new() { Value = Few });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<AlertCondition>();
        while (await reader.ReadAsync(ct)) found.Add(Condition(reader.GetString(0), reader.GetInt64(1)));
        return found;
    }

    private static AlertCondition Condition(string site, long tasks) => new(
        $"antrean.second-sender:{site}",
        $"Ada pengirim lain untuk {site}: {tasks} task hari ini sudah ada di BPJS sebelum kami kirim. Hentikan salah satu (layanan Mobile JKN Khanza atau add-on lain), supaya waktu yang tercatat tidak saling mendahului.",
        $"Somebody else sends for {site}: BPJS had {tasks} of today's tasks before we sent them. Stop one of the two (Khanza's Mobile JKN service or another add-on), or they will overtake each other.");
}
