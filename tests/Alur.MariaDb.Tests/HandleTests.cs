using System.Data;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Alur.MariaDb.Tests;

/// <summary>Run alone: the handles, threads and memory of the whole process are counted.</summary>
[CollectionDefinition(nameof(HandleTests), DisableParallelization = true)]
public sealed class HandleTestsRunAlone;

[Collection(nameof(HandleTests))]
public sealed partial class HandleTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Lanes = 4;

    // 800 bytes a connection; one that leaks costs several thousand of the C library's memory alone.
    private const long Slack = 4 * 1024 * 1024;

    [Fact]
    public async Task Ten_thousand_connections_opened_and_closed_leave_nothing_behind()
    {
        await OpenAndClose(200);
        // Two halves: the runtime itself takes a few megabytes in one piece now and then, a leak grows in both.
        Counts begin = Counts.Now(), middle = await After(5_000, begin), end = await After(5_000, middle);
        Assert.InRange(Math.Min(middle.Native - begin.Native, end.Native - middle.Native), long.MinValue, Slack);
        Assert.InRange(Math.Min(middle.Managed - begin.Managed, end.Managed - middle.Managed), long.MinValue, Slack);
        string mine = $"select count(*) from information_schema.processlist where user = '{server.Database.ReaderOptions.User}' and id <> connection_id()";
        await Eventually.True(async () => await server.Reader.Number(mine) == 0);
    }

    private async Task<Counts> After(int times, Counts before)
    {
        await OpenAndClose(times);
        Counts after = before;
        // The last threads and sockets may take a moment to go.
        await Eventually.True(() => Task.FromResult((after = Counts.Now()) is var now
            && now.Descriptors <= before.Descriptors + 15 && now.Threads <= before.Threads + 15));
        return after;
    }

    // A new data source each time, so that every one is a real connection; every other has a thread of its own.
    private Task OpenAndClose(int times) => Parallel.ForAsync(0, times, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (i, _) =>
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions);
        await using MariaDbConnection connection = i % 2 == 0 ? await source.OpenConnectionAsync(CancellationToken.None) : Open(source);
        Assert.Equal(ConnectionState.Open, connection.State);
        if (i % 10 != 0)
            return;
        // A prepared statement with a result, one left half read, and one that fails.
        Assert.Equal(i, Convert.ToInt32(await connection.Command("select ?", i).ExecuteScalarAsync(CancellationToken.None)));
        await Assert.ThrowsAsync<MariaDbException>(() => connection.Command("select ? from nowhere", i).ExecuteScalarAsync(CancellationToken.None));
        await using MariaDbDataReader reader = await connection.Command("select seq from seq_1_to_1000 where seq > ?", 0).ExecuteReaderAsync(CancellationToken.None);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
    });

    private static MariaDbConnection Open(MariaDbDataSource source) => source.OpenConnection();

    private sealed record Counts(int Descriptors, int Threads, long Native, long Managed)
    {
        internal static Counts Now()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using Process self = Process.GetCurrentProcess();
            AllocatorFigures figures = ReadAllocator();
            return new Counts(
                Directory.GetFileSystemEntries("/proc/self/fd").Length, self.Threads.Count,
                (long)(figures.InUse + figures.InMappings), GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    /// <summary>struct mallinfo2 of glibc: what malloc has given out, over all arenas.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AllocatorFigures
    {
        public nuint Arena, FreeChunks, FastBins, Mappings, InMappings, MostInUse, InFastBins, InUse, Free, Releasable;
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial AllocatorFigures ReadAllocator();
}
