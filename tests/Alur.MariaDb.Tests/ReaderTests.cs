using System.Data;

namespace Alur.MariaDb.Tests;

public sealed class ReaderTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Columns_are_found_by_name_without_regard_to_case()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select 1 as No_Rawat, 2 as kd_poli").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(0, reader.GetOrdinal("no_rawat"));
        Assert.Equal(2, Convert.ToInt32(reader["KD_POLI"]));
        Assert.Equal("No_Rawat", reader.GetName(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetOrdinal("absent"));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetInt32(2));
    }

    [Fact]
    public async Task Values_are_only_there_between_the_first_read_and_the_last()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select 7").ExecuteReaderAsync();
        Assert.True(reader.HasRows);
        Assert.Throws<InvalidOperationException>(() => reader.GetInt32(0));
        Assert.True(await reader.ReadAsync());
        Assert.Equal(7, reader.GetInt32(0));
        Assert.False(await reader.ReadAsync());
        Assert.False(await reader.ReadAsync());
        Assert.Throws<InvalidOperationException>(() => reader.GetInt32(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public async Task Every_row_is_read_exactly_once_in_order(int rows)
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        foreach (bool prepared in (bool[])[false, true])
        {
            await using MariaDbCommand command = prepared
                ? connection.Command("select seq, repeat('x', seq % 2000) from seq_1_to_5000 where seq <= ?", rows)
                : connection.Command($"select seq, repeat('x', seq % 2000) from seq_1_to_5000 where seq <= {rows}");
            await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
            Assert.Equal(rows > 0, reader.HasRows);
            int read = 0;
            while (await reader.ReadAsync())
            {
                Assert.Equal(++read, reader.GetInt32(0));
                Assert.Equal(read % 2000, reader.GetString(1).Length);
            }
            Assert.Equal(rows, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" where seq > ?")]
    public async Task A_hundred_thousand_rows_arrive_one_after_the_other_without_being_held_in_memory(string filter)
    {
        const int rows = 100_000;
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command($"select seq, repeat('x', 500), md5(seq) from seq_1_to_{rows}{filter}", filter.Length == 0 ? [] : [0]);
        await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
        int read = 0;
        while (await reader.ReadAsync())
        {
            Assert.Equal(++read, reader.GetInt32(0));
            // 54 MB pass; what is kept of them is one block.
            if (read % 10_000 == 0)
                Assert.InRange(reader.HeldBytes, 1, 4 * 1024 * 1024);
        }
        Assert.Equal(rows, read);
    }

    [Fact]
    public async Task Several_results_follow_each_other()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command(
            "create temporary table m (v int); insert into m values (1), (2); select v from m order by v; select 'x' as a, 'y' as b where 1 = 0; select 9").ExecuteReaderAsync();
        Assert.Equal(0, reader.FieldCount);
        Assert.True(await reader.NextResultAsync());
        Assert.Equal(2, reader.RecordsAffected);
        Assert.True(await reader.NextResultAsync());
        Assert.True(await reader.ReadAsync());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.True(await reader.NextResultAsync());
        Assert.Equal(2, reader.FieldCount);
        Assert.False(reader.HasRows);
        Assert.False(await reader.ReadAsync());
        Assert.True(await reader.NextResultAsync());
        Assert.True(await reader.ReadAsync());
        Assert.Equal(9, reader.GetInt32(0));
        Assert.False(await reader.NextResultAsync());
        Assert.Equal(0, reader.FieldCount);
    }

    [Fact]
    public async Task A_procedure_called_with_parameters_gives_its_results()
    {
        await server.Database.Execute("create or replace procedure two_results(n int) begin select n; select n + 1, 'text'; end");
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await using (MariaDbDataReader reader = await connection.Command("call two_results(?)", 41).ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(41, reader.GetInt32(0));
            Assert.True(await reader.NextResultAsync());
            Assert.True(await reader.ReadAsync());
            Assert.Equal((42L, "text"), (reader.GetInt64(0), reader.GetString(1)));
        }
        Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
    }

    [Fact]
    public async Task An_error_in_a_later_statement_of_a_script_is_not_lost()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command("do 1; do 2; insert into no_such_table values (1); do 3");
        Assert.Equal(1146, (await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteNonQueryAsync())).Number);
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Several_statements_in_one_command_are_refused_unless_asked_for() =>
        Assert.Equal(1064, (await Assert.ThrowsAsync<MariaDbException>(() => server.Reader.Run("select 1; select 2"))).Number);

    [Fact]
    public async Task A_reader_closed_early_leaves_the_connection_usable()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        foreach (object?[] parameters in (object?[][])[[], [0]])
        {
            string filter = parameters.Length == 0 ? "" : " where seq > ?";
            await using (MariaDbDataReader reader = await connection.Command($"select seq from seq_1_to_20000{filter}", parameters).ExecuteReaderAsync())
                Assert.True(await reader.ReadAsync());
            Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task A_connection_has_one_open_reader()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select 1").ExecuteReaderAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Command("select 2").ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_schema_of_a_result_is_known()
    {
        await server.Database.Execute("create or replace table kept (id int unsigned not null auto_increment primary key, nama varchar(40), biaya decimal(12,2))");
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbDataReader reader = await connection.Command("select id, nama as n, biaya, 1+1 as two from kept").ExecuteReaderAsync();
        var columns = reader.GetColumnSchema();
        Assert.Equal((true, true, false, "INT UNSIGNED"), (columns[0].IsKey, columns[0].IsAutoIncrement, columns[0].AllowDBNull, columns[0].DataTypeName));
        Assert.Equal(("n", "nama", "kept"), (columns[1].ColumnName, columns[1].BaseColumnName, columns[1].BaseTableName));
        Assert.Equal((typeof(decimal), 2), (columns[2].DataType, columns[2].NumericScale));
        Assert.True(columns[3].IsExpression);
        Assert.Equal(4, reader.GetSchemaTable()!.Rows.Count);
        await reader.CloseAsync();

        await server.Writer.Run("insert into kept (nama, biaya) values ('a', 1)");
        using var table = new DataTable();
        await using MariaDbDataReader again = await connection.Command("select id, nama, biaya from kept").ExecuteReaderAsync();
        table.Load(again);
        Assert.Equal("a", Assert.Single(table.Rows.Cast<DataRow>())["nama"]);
    }

    [Fact]
    public async Task Changed_rows_and_new_keys_are_reported()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await connection.Command("create temporary table k (id int auto_increment primary key, v int)").ExecuteNonQueryAsync();
        await using MariaDbCommand insert = connection.Command("insert into k (v) values (?), (?)", 5, 5);
        Assert.Equal(2, await insert.ExecuteNonQueryAsync());
        Assert.Equal(1UL, insert.LastInsertId);
        Assert.Equal(2, await connection.Command("update k set v = 5").ExecuteNonQueryAsync());
        Assert.Equal(-1, await connection.Command("select 1").ExecuteNonQueryAsync());
        Assert.Null(await connection.Command("select v from k where id = 99").ExecuteScalarAsync());
        Assert.Equal(DBNull.Value, await connection.Command("select null").ExecuteScalarAsync());
    }
}
