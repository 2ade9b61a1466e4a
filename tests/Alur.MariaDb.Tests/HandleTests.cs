using System.Data;

namespace Alur.MariaDb.Tests;

/// <summary>Run alone: the handles of the whole process are counted.</summary>
[CollectionDefinition(nameof(HandleTests), DisableParallelization = true)]
public sealed class HandleTestsRunAlone;

[Collection(nameof(HandleTests))]
public sealed class HandleTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_thousand_connections_opened_and_closed_leave_no_handles_behind()
    {
        await OpenAndClose(20);
        int before = OpenDescriptors();
        await OpenAndClose(1000);
        Assert.InRange(OpenDescriptors(), 0, before + 15);
    }

    // A new data source each time, so that every one is a real connection with a thread of its own.
    private async Task OpenAndClose(int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using var source = new MariaDbDataSource(server.Database.ReaderOptions);
            await using MariaDbConnection connection = await source.OpenConnectionAsync();
            Assert.Equal(ConnectionState.Open, connection.State);
            if (i % 10 == 0)
                Assert.Equal(i, Convert.ToInt32(await connection.Command("select ?", i).ExecuteScalarAsync()));
        }
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
