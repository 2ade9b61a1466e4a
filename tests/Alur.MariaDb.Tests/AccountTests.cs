namespace Alur.MariaDb.Tests;

public sealed class AccountTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [Trait("Spec", "A-001")]
    [InlineData("insert into pasien values (2)")]
    [InlineData("update pasien set id = 3")]
    [InlineData("delete from pasien")]
    [InlineData("drop table pasien")]
    [InlineData("create table other (id int)")]
    [InlineData("lock tables pasien write")]
    public async Task The_read_only_account_reads_and_can_change_nothing(string forbidden)
    {
        await server.Database.Execute("create or replace table pasien (id int); insert into pasien values (1)");
        var refused = await Assert.ThrowsAsync<MariaDbException>(() => server.Reader.Run(forbidden));
        Assert.Contains(refused.Number, (int[])[1142, 1044]);
        Assert.Equal(1L, await server.Reader.Number("select id from pasien"));
    }
}
