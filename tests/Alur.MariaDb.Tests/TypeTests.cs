using System.Globalization;

namespace Alur.MariaDb.Tests;

/// <summary>Every column type, in both protocols: as text (no parameters) and prepared (bound columns).</summary>
public sealed class TypeTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string, string, object> Values => new()
    {
        { "tinyint", "-128", (sbyte)-128 },
        { "tinyint unsigned", "255", (byte)255 },
        { "smallint", "-32768", short.MinValue },
        { "smallint unsigned", "65535", ushort.MaxValue },
        { "mediumint", "-8388608", -8388608 },
        { "mediumint unsigned", "16777215", 16777215u },
        { "int", "-2147483648", int.MinValue },
        { "int unsigned", "4294967295", uint.MaxValue },
        { "bigint", "-9223372036854775808", long.MinValue },
        { "bigint unsigned", "18446744073709551615", ulong.MaxValue },
        { "int(5) unsigned zerofill", "42", 42u },
        { "year", "2026", 2026 },
        { "bit(1)", "b'1'", 1UL },
        { "bit(11)", "b'10100000001'", 1281UL },
        { "bit(64)", "b'1000000000000000000000000000000000000000000000000000000000000001'", 0x8000000000000001UL },
        { "decimal(10,2)", "-12345678.90", -12345678.90m },
        { "decimal(28,10)", "123456789012345678.0123456789", 123456789012345678.0123456789m },
        { "float", "1.5", 1.5f },
        { "float", "-3.25e20", -3.25e20f },
        { "double", "0.1", 0.1 },
        { "double", "-1.7976931348623157e308", -1.7976931348623157e308 },
        { "char(4)", "'RJ'", "RJ" },
        { "varchar(100)", "'Budi'", "Budi" },
        { "varchar(10)", "''", "" },
        { "text", "'long'", "long" },
        { "mediumtext", "'longer'", "longer" },
        { "longtext", "'longest'", "longest" },
        { "enum('Belum','Sudah','Batal')", "'Sudah'", "Sudah" },
        { "set('a','b','c')", "'a,c'", "a,c" },
        { "json", "'{\"a\": [1, 2]}'", "{\"a\": [1, 2]}" },
        { "blob", "x'00ff10'", new byte[] { 0, 255, 16 } },
        { "varbinary(20)", "x'00'", new byte[] { 0 } },
        { "binary(3)", "x'0102'", new byte[] { 1, 2, 0 } },
        { "date", "'2026-02-28'", new DateTime(2026, 2, 28) },
        { "datetime", "'2026-01-20 08:05:09'", new DateTime(2026, 1, 20, 8, 5, 9) },
        { "datetime(6)", "'2026-01-20 08:05:09.000123'", new DateTime(2026, 1, 20, 8, 5, 9).AddMicroseconds(123) },
        { "datetime(3)", "'9999-12-31 23:59:59.999'", new DateTime(9999, 12, 31, 23, 59, 59, 999) },
        { "timestamp", "'2026-01-20 08:05:09'", new DateTime(2026, 1, 20, 8, 5, 9) },
        { "time", "'23:59:58'", new TimeSpan(23, 59, 58) },
        { "time", "'-838:59:59'", -new TimeSpan(838, 59, 59) },
        { "time(6)", "'-00:00:00.500000'", TimeSpan.FromMilliseconds(-500) },
        { "time(2)", "'101:02:03.45'", new TimeSpan(0, 101, 2, 3, 450) },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_arrives_as_its_type_in_both_protocols(string type, string literal, object expected)
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command($"create temporary table t (v {type}, n {type} null)").ExecuteNonQueryAsync();
        await connection.Command($"insert into t values ({literal}, null)").ExecuteNonQueryAsync();

        foreach (object?[] parameters in (object?[][])[[], [1]])
        {
            string filter = parameters.Length == 0 ? "" : " where 1 = ?";
            await using MariaDbDataReader reader = await connection.Command($"select v, n from t{filter}", parameters).ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal(expected.GetType(), reader.GetFieldType(0));
            Assert.Equal(expected, reader.GetValue(0));
            Assert.False(reader.IsDBNull(0));
            Assert.True(reader.IsDBNull(1));
            Assert.Equal(DBNull.Value, reader.GetValue(1));
            Assert.False(await reader.ReadAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_sent_as_a_parameter_comes_back_unchanged(string type, string literal, object value)
    {
        Assert.NotEmpty(literal);
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command($"create temporary table p (v {type}, n {type} null)").ExecuteNonQueryAsync();
        Assert.Equal(1, await connection.Command("insert into p values (?, ?)", value, null).ExecuteNonQueryAsync());
        await using MariaDbDataReader reader = await connection.Command("select v, n from p").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(value, reader.GetValue(0));
        Assert.True(reader.IsDBNull(1));
    }

    [Fact]
    public async Task Other_dotnet_types_are_accepted_as_parameters()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        var id = Guid.CreateVersion7();
        await using MariaDbDataReader reader = await connection.Command(
            "select cast(? as date), cast(? as time), ?, ?, ?, ?, ?",
            new DateOnly(2026, 1, 20), new TimeOnly(8, 5, 9), true, 'x', id, DayOfWeek.Friday, new ReadOnlyMemory<byte>([1, 2])).ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(new DateOnly(2026, 1, 20), reader.GetFieldValue<DateOnly>(0));
        Assert.Equal(new TimeSpan(8, 5, 9), reader.GetFieldValue<TimeSpan>(1));
        Assert.True(reader.GetBoolean(2));
        Assert.Equal('x', reader.GetChar(3));
        Assert.Equal(id, reader.GetGuid(4));
        Assert.Equal(5, reader.GetInt32(5));
        Assert.Equal([1, 2], reader.GetFieldValue<byte[]>(6));
    }

    [Fact]
    public async Task A_moment_with_an_offset_is_refused_because_MariaDB_has_no_place_for_it() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => server.Writer.Scalar("select ?", DateTimeOffset.UnixEpoch));

    [Fact]
    public async Task Integers_read_as_every_type_that_can_hold_them_and_never_wrap()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select count(*), sum(7), 300, -1, 1.5 from (select 1) t").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.Equal(7L, reader.GetInt64(1));
        Assert.Equal(7, reader.GetFieldValue<int?>(1));
        Assert.Equal(300m, reader.GetDecimal(2));
        Assert.Throws<OverflowException>(() => reader.GetByte(2));
        Assert.Throws<OverflowException>(() => reader.GetFieldValue<ulong>(3));
        Assert.Throws<InvalidCastException>(() => reader.GetInt32(4));
        Assert.Equal(1.5, reader.GetDouble(4));
    }

    [Fact]
    public async Task A_decimal_larger_than_dotnet_can_hold_says_so_and_reads_as_text()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        const string huge = "12345678901234567890123456789012345678901234567890";
        await using MariaDbDataReader reader = await connection.Command($"select cast('{huge}' as decimal(65,0))").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Contains(huge, Assert.Throws<OverflowException>(() => reader.GetDecimal(0)).Message, StringComparison.Ordinal);
        Assert.Equal(huge, reader.GetString(0));
    }

    [Fact]
    public async Task NULL_is_never_taken_for_a_value()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select null as nothing").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Throws<InvalidCastException>(() => reader.GetInt32(0));
        Assert.Contains("nothing", Assert.Throws<InvalidCastException>(() => reader.GetString(0)).Message, StringComparison.Ordinal);
        Assert.Null(reader.GetFieldValue<int?>(0));
        Assert.Null(reader.GetRawText(0));
    }

    [Fact]
    public async Task Every_type_reads_as_text()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("create temporary table s (i int, u bigint unsigned, m decimal(8,2), d double, b bit(4), e enum('a','b'))").ExecuteNonQueryAsync();
        await connection.Command("insert into s values (-5, 18446744073709551615, 10.50, 0.1, b'0101', 'b')").ExecuteNonQueryAsync();
        await using MariaDbDataReader reader = await connection.Command("select * from s where 1 = ?", 1).ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        string[] texts = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
        Assert.Equal(["-5", "18446744073709551615", "10.50", "0.1", "5", "b"], texts);
        Assert.Equal("0.1", reader.GetDouble(3).ToString(CultureInfo.InvariantCulture));
    }
}
