using Alur.Platform.Doctor;
using Alur.Platform.Journal;
using Alur.Platform.Tests.Journal;
using Npgsql;

namespace Alur.Platform.Tests.Doctor;

public sealed class CheckJournalTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    [Fact]
    public async Task Whoever_holds_the_tail_is_named_as_a_session_or_as_a_prepared_transaction()
    {
        var name = $"left-behind-{Guid.NewGuid():N}";
        await using var connection = await desk.Database.App.OpenConnectionAsync();
        await using (var left = await connection.BeginTransactionAsync())
        {
            await new AppendEntries(desk.Types).Run(left, [JournalDesk.To(JournalDesk.NewVisit())]);
            await using var prepare = new NpgsqlCommand($"prepare transaction '{name}'", connection, left);
            await prepare.ExecuteNonQueryAsync();
        }

        await using var tx = await connection.BeginTransactionAsync();
        await new AppendEntries(desk.Types).Run(tx, [JournalDesk.To(JournalDesk.NewVisit())]);

        var found = (await Look(TimeSpan.Zero)).Select(f => f.Found.English + f.Do!.English).ToList();
        var patient = await Look(TimeSpan.FromMinutes(10));
        await tx.RollbackAsync();
        await JournalDesk.Execute(desk.Database.App, $"rollback prepared '{name}'");

        Assert.Equal(2, found.Count);
        Assert.Contains(found, f => f.StartsWith($"The session {connection.ProcessID} (alur, role alur_app) holds up the journal for", StringComparison.Ordinal) && f.Contains($"pg_terminate_backend({connection.ProcessID})", StringComparison.Ordinal));
        Assert.Contains(found, f => f.StartsWith($"The prepared transaction {name} holds up the journal for", StringComparison.Ordinal) && f.Contains($"rollback prepared '{name}'", StringComparison.Ordinal));
        Assert.Equal(FindingLevel.Ok, Assert.Single(patient).Level);
        Assert.Equal(FindingLevel.Ok, Assert.Single(await Look(TimeSpan.Zero)).Level);
    }

    [Fact]
    public async Task A_consumer_that_stopped_is_told_with_its_entry_and_what_to_do()
    {
        await JournalDesk.Execute(desk.Database.Owner, "insert into journal.consumers (name, state, position, failed_position, error) values ('clinic.board', 'FAILED', 7, 9, 'No room.')");

        var finding = Assert.Single(await Look(TimeSpan.FromMinutes(10)));
        await JournalDesk.Execute(desk.Database.Owner, "delete from journal.consumers");

        Assert.Equal((FindingLevel.Wrong, "The journal consumer clinic.board stopped at the entry 9: No room."), (finding.Level, finding.Found.English));
        Assert.Contains("./alur journal resume clinic.board", finding.Do!.English, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<Finding>> Look(TimeSpan patience) => new CheckJournal(patience).Run(new DoctorRound(Subject: null, desk.Database.App), CancellationToken.None);
}
