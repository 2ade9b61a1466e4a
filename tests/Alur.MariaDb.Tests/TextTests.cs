using System.Text;

namespace Alur.MariaDb.Tests;

public sealed class TextTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string> Difficult => new(
        "O'Brien \"said\" `it`",
        "back\\slash \\' \\0 \\n",
        "'; drop table pasien; -- ",
        "nul\0inside",
        "Ödön ŋ 日本語",
        "emoji 🏥👩‍⚕️ and 𝄞",
        "tab\tline\r\nend",
        "@name ? /* not a comment */ # --",
        " trailing and leading ");

    [Theory]
    [MemberData(nameof(Difficult))]
    public async Task Difficult_text_survives_as_a_parameter(string text)
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("create temporary table w (v text, k varchar(200))").ExecuteNonQueryAsync();
        await connection.Command("insert into w values (?, ?)", text, text).ExecuteNonQueryAsync();
        Assert.Equal(text, await connection.Command("select v from w").ExecuteScalarAsync());
        Assert.Equal(text, await connection.Command("select v from w where k = ?", text).ExecuteScalarAsync());
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(65_536)]
    [InlineData(70_001)]
    [InlineData(3_000_000)]
    public async Task Text_of_any_length_survives_in_both_protocols(int length)
    {
        string text = string.Concat(Enumerable.Repeat("añ🏥z", (length / 4) + 1))[..length].TrimEnd('\ud83c');
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("create temporary table l (id int, v longtext, tail varchar(10))").ExecuteNonQueryAsync();
        foreach (int id in (int[])[1, 2, 3])
            await connection.Command("insert into l values (?, ?, 'end')", id, id == 2 ? "short" : text).ExecuteNonQueryAsync();
        foreach (object?[] parameters in (object?[][])[[], [0]])
        {
            string filter = parameters.Length == 0 ? "" : " where id > ?";
            await using MariaDbDataReader reader = await connection.Command($"select v, tail from l{filter} order by id", parameters).ExecuteReaderAsync();
            var found = new List<(string, string)>();
            while (await reader.ReadAsync())
                found.Add((reader.GetString(0), reader.GetString(1)));
            Assert.Equal([(text, "end"), ("short", "end"), (text, "end")], found);
        }
    }

    [Fact]
    public async Task A_latin1_column_arrives_as_the_text_it_means()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("create temporary table c (v varchar(50) character set latin1, u varchar(50))").ExecuteNonQueryAsync();
        // 0xE9 and 0x80 are what a Windows program stored: é and, in MariaDB's latin1, the euro sign.
        await connection.Command("insert into c values (x'4a6f73e92080', 'Ω')").ExecuteNonQueryAsync();
        Assert.Equal("José €", await connection.Command("select v from c").ExecuteScalarAsync());
        Assert.Equal("José €", await connection.Command("select v from c where v = ?", "José €").ExecuteScalarAsync());
        Assert.Equal("Ω", await connection.Command("select u from c where 1 = ?", 1).ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_lone_surrogate_is_refused_instead_of_stored_as_something_else() =>
        await Assert.ThrowsAsync<EncoderFallbackException>(() => server.Writer.Scalar("select ?", "broken \ud83c text"));

    [Fact]
    public async Task Named_parameters_are_bound_wherever_they_stand_and_text_that_only_looks_like_one_is_left_alone()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.CreateCommand();
        command.CommandText = """
            select @a, '@a ''@b'' \'@a', "@b", `x`.`@a`, @b, @A, @@version_comment is not null -- @nobody
            from (select 1 as `@a`) x /* @nobody ? */ where 5--3 = 8 # @nobody
            """;
        command.Parameters.AddWithValue("@a", "first");
        command.Parameters.AddWithValue("b", 2);
        await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(
            ["first", "@a '@b' '@a", "@b", "1", "2", "first", "1"],
            Enumerable.Range(0, 7).Select(reader.GetString));
    }

    [Fact]
    public async Task A_name_without_a_value_is_refused_before_the_server_is_asked()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.CreateCommand();
        command.CommandText = "select @given, @forgotten";
        command.Parameters.AddWithValue("@given", 1);
        Assert.Contains("@forgotten", (await Assert.ThrowsAsync<InvalidOperationException>(() => command.ExecuteScalarAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("select ?", 2)]
    [InlineData("select ?, ?", 1)]
    public async Task The_number_of_values_must_fit(string sql, int values)
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command(sql, [.. Enumerable.Range(0, values).Cast<object?>()]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => command.ExecuteScalarAsync());
        Assert.Equal(1L, Convert.ToInt64(await connection.Command("select 1").ExecuteScalarAsync()));
    }

    [Fact]
    public async Task Without_backslash_escapes_a_backslash_does_not_hide_the_end_of_a_string()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await connection.Command("set sql_mode = 'NO_BACKSLASH_ESCAPES'").ExecuteNonQueryAsync();
        await using MariaDbCommand command = connection.CreateCommand();
        command.CommandText = @"select '\', @x";
        command.Parameters.AddWithValue("@x", "bound");
        await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal((@"\", "bound"), (reader.GetString(0), reader.GetString(1)));
    }
}
