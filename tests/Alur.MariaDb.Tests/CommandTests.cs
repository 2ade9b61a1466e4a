namespace Alur.MariaDb.Tests;

public sealed class CommandTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_query_without_parameters_answers()
    {
        await using var command = server.Reader.CreateCommand("select 40 + 2");
        Assert.Equal(42, Convert.ToInt32(await command.ExecuteScalarAsync()));
    }

    [Fact]
    public async Task A_query_with_parameters_answers()
    {
        await using var connection = await server.Reader.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select ? + ?, ?";
        command.Parameters.AddWithValue("", 40);
        command.Parameters.AddWithValue("", 2);
        command.Parameters.AddWithValue("", "naïve 🏥");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(42, reader.GetInt32(0));
        Assert.Equal("naïve 🏥", reader.GetString(1));
        Assert.False(await reader.ReadAsync());
    }
}
