using Alur.Platform.Journal.Sealing;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

/// <summary>Whoever has the server's role cannot stop the sealing for good by a block that leads nowhere.</summary>
public sealed class SealFollowsTests(JournalDesk desk) : IClassFixture<JournalDesk>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alur-seal-").FullName;

    [Theory]
    [InlineData("block + 2", "hash", "last_position + 1", "last_position + 1")]
    [InlineData("block + 1", "previous", "last_position + 1", "last_position + 1")]
    [InlineData("block + 1", "hash", "first_position", "last_position")]
    [InlineData("block + 1", "hash", "last_position + 1", "last_position + 1000000")]
    public async Task No_block_is_put_where_it_does_not_follow(string block, string previous, string first, string last)
    {
        await SealOne();
        await desk.Append(JournalDesk.To(JournalDesk.NewVisit()));
        var sql = $"""
            insert into journal.seals (block, first_position, last_position, entries, leaves, previous, hash, key_id, signature)
            select b, f, l, 1, leaves, p, sha256(convert_to(E'alur journal block 1\n', 'UTF8') || int8send(b) || p || leaves), key_id, signature
            from (select {block} as b, {previous} as p, {first} as f, {last} as l, int8send({last}) || sha256('x') as leaves, key_id, signature from journal.seals order by block desc limit 1) n
            """;

        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => JournalDesk.Execute(desk.Database.App, sql))).SqlState);
    }

    [Fact]
    public async Task The_next_block_is_put_there()
    {
        await SealOne();
        await SealOne();

        Assert.Equal(0, await desk.Ask<long>("select (select max(position) from journal.entries) - (select max(last_position) from journal.seals)"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task SealOne()
    {
        var other = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(JournalDesk.NewVisit()), JournalDesk.To(other));
        var key = new SealKey();
        key.Use(Path.Combine(_folder, "seal.pem"));
        await using var connection = await desk.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await new SealJournal(key).Handle(tx, await desk.Read(other), default);
        await tx.CommitAsync();
    }
}
