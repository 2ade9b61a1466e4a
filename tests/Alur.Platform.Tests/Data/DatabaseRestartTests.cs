using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Tests.Data;

public sealed class DatabaseRestartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_a_start_does_is_done_again_while_the_database_restarts()
    {
        var tries = 0;

        await DatabaseRestart.Outlast(() => ++tries < 3 ? NobodyListens() : Task.CompletedTask, Patience, CancellationToken.None);

        Assert.Equal(3, tries);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown, 2)]
    [InlineData(PostgresErrorCodes.CrashShutdown, 2)]
    [InlineData(PostgresErrorCodes.CannotConnectNow, 2)]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, 1)]
    public async Task A_session_that_was_cut_is_tried_again_and_a_refusal_is_told_at_once(string code, int expected)
    {
        var tries = 0;

        var broken = await Record.ExceptionAsync(() => DatabaseRestart.Outlast(
            () => ++tries < 2 ? throw new PostgresException("cut", "FATAL", "FATAL", code) : Task.CompletedTask, Patience, CancellationToken.None));

        Assert.Equal((expected, expected == 1), (tries, broken is PostgresException));
    }

    [Fact]
    public async Task A_database_that_stays_away_is_given_up_on() =>
        await Assert.ThrowsAsync<NpgsqlException>(() => DatabaseRestart.Outlast(NobodyListens, TimeSpan.Zero, CancellationToken.None));

    private static async Task NobodyListens()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=alur_app;Timeout=2");
        await using var connection = await away.OpenConnectionAsync();
    }
}
