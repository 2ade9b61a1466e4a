using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>Consumers of the journal that stand still until somebody resumes them. What they said is left at home: nobody vouches that no patient is in it.</summary>
internal sealed class JournalTrouble(NpgsqlDataSource db) : IAlertSource
{
    private const string Failed = "select name, failed_position from journal.consumers where state = 'FAILED' order by name";

    public string Prefix => "journal.";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct)
    {
        await using var command = db.CreateCommand(Failed);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<AlertCondition>();
        while (await reader.ReadAsync(ct))
        {
            var (name, position) = (reader.GetString(0), reader.GetInt64(1));
            found.Add(new AlertCondition(
                $"journal.consumer:{name}",
                $"Pembaca jurnal {name} berhenti di entri {position}. Tidak ada yang hilang. Sebabnya: ./alur journal consumers; setelah diperbaiki: ./alur journal resume {name}",
                $"The journal consumer {name} stopped at the entry {position}. Nothing is lost. Why: ./alur journal consumers; once that is mended: ./alur journal resume {name}"));
        }

        return found;
    }
}
