namespace Alur.MariaDb.Tests;

/// <summary>Khanza's dirty calendar: zero dates, half-zero dates, negative times, as MariaDB's own text or a clear refusal.</summary>
public sealed class TemporalTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string, string, string> DirtyDates => new()
    {
        { "date", "0000-00-00", "0000-00-00" },
        { "date", "2026-00-10", "2026-00-10" },
        { "date", "2026-01-00", "2026-01-00" },
        { "date", "0000-01-01", "0000-01-01" },
        { "datetime", "0000-00-00 00:00:00", "0000-00-00 00:00:00" },
        { "datetime", "2026-00-10 07:15:00", "2026-00-10 07:15:00" },
        { "datetime(6)", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000" },
        { "timestamp", "0000-00-00 00:00:00", "0000-00-00 00:00:00" },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Impossible_days_that_a_lenient_server_stored_are_no_dates(bool prepared)
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("set sql_mode = 'ALLOW_INVALID_DATES'").ExecuteNonQueryAsync();
        await connection.Command("create temporary table i as select cast('2026-02-28' as date) as v").ExecuteNonQueryAsync();
        await connection.Command("update i set v = '2026-02-31'").ExecuteNonQueryAsync();
        await using MariaDbDataReader reader = await Select(connection, "i", prepared);
        Assert.Equal("2026-02-31", Assert.Throws<MariaDbZeroDateException>(() => reader.GetDateTime(0)).Text);
    }

    [Theory]
    [MemberData(nameof(DirtyDates))]
    public async Task A_date_that_no_calendar_holds_is_refused_clearly_and_reads_as_text(string type, string stored, string text)
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command($"create temporary table z (v {type} null)").ExecuteNonQueryAsync();
        await connection.Command($"insert into z values ('{stored}')").ExecuteNonQueryAsync();
        foreach (bool prepared in (bool[])[false, true])
        {
            await using MariaDbDataReader reader = await Select(connection, "z", prepared);
            Assert.Equal(text, reader.GetString(0));
            Assert.Equal(text, reader.GetFieldValue<string>(0));
            var refused = Assert.Throws<MariaDbZeroDateException>(() => reader.GetDateTime(0));
            Assert.Equal(("v", text), (refused.Column, refused.Text));
            Assert.Throws<MariaDbZeroDateException>(() => reader.GetFieldValue<DateOnly>(0));
            Assert.Throws<MariaDbZeroDateException>(() => reader.GetValue(0));
        }
    }

    [Theory]
    [InlineData("date", "2026-01-20", "2026-01-20")]
    [InlineData("datetime", "2026-01-20 08:05:09", "2026-01-20 08:05:09")]
    [InlineData("datetime(3)", "2026-01-20 08:05:09.120", "2026-01-20 08:05:09.120")]
    [InlineData("time", "-01:02:03", "-01:02:03")]
    [InlineData("time", "-838:59:59", "-838:59:59")]
    [InlineData("time(1)", "00:00:00.5", "00:00:00.5")]
    [InlineData("time", "00:00:00", "00:00:00")]
    public async Task A_temporal_value_reads_as_MariaDBs_own_text(string type, string stored, string text)
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command($"create temporary table x (v {type})").ExecuteNonQueryAsync();
        await connection.Command($"insert into x values ('{stored}')").ExecuteNonQueryAsync();
        foreach (bool prepared in (bool[])[false, true])
        {
            await using MariaDbDataReader reader = await Select(connection, "x", prepared);
            Assert.Equal(text, reader.GetString(0));
        }
    }

    [Fact]
    public async Task The_day_of_a_datetime_can_be_asked_for()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select timestamp('2026-01-20 23:59:59')").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(new DateOnly(2026, 1, 20), reader.GetDateOnly(0));
        Assert.Throws<InvalidCastException>(() => reader.GetTimeSpan(0));
        Assert.Throws<InvalidCastException>(() => reader.GetInt64(0));
    }

    private static async Task<MariaDbDataReader> Select(MariaDbConnection connection, string table, bool prepared)
    {
        MariaDbCommand command = prepared ? connection.Command($"select v from {table} where 1 = ?", 1) : connection.Command($"select v from {table}");
        MariaDbDataReader reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return reader;
    }
}
