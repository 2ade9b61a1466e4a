using System.Text.Json;
using Alur.Platform.Delivery;
using Alur.Testing;

namespace Alur.Platform.Tests.Delivery;

public sealed class StorableTextTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Cast = "select $1::jsonb #>> '{}'";

    // Not as inline data: an attribute cannot hold a lone surrogate.
    [Fact]
    public void Plain_text_loses_only_what_cannot_be_stored()
    {
        Assert.Equal("plain", StorableText.Plain("plain"));
        Assert.Equal("ab", StorableText.Plain("a\0b"));
        Assert.Equal("ab", StorableText.Plain("a\uD83Db"));
        Assert.Equal("ab", StorableText.Plain("a\uDE00b"));
        Assert.Equal("a\uD83D\uDE00b", StorableText.Plain("a\uD83D\uDE00b"));
        Assert.Equal("\uD83D\uDE00", StorableText.Plain("\uD83D\uD83D\uDE00"));
    }

    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("""{"a":"x\u0000y"}""", """{"a":"xy"}""")]
    [InlineData("""{"a":"x\\u0000y"}""", """{"a":"x\\u0000y"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\ud83d!"}""", """{"a":"!"}""")]
    [InlineData("""{"a":"\ude00"}""", """{"a":""}""")]
    [InlineData("""{"a":"\u00e9\n"}""", """{"a":"\u00e9\n"}""")]
    [InlineData("""not json\u00""", """not json\u00""")]
    public void Json_text_loses_only_escapes_that_jsonb_refuses(string json, string kept) => Assert.Equal(kept, StorableText.Json(json));

    [Theory]
    [InlineData("""{"a":1e131071}""", true)]
    [InlineData("""{"a":1e400000}""", true)]
    [InlineData("""{"a":1E+00100}""", true)]
    [InlineData("""[-1.5e-200]""", true)]
    [InlineData("""[0e99999999999999999999]""", true)]
    [InlineData("""["\\",1e999]""", true)]
    [InlineData("""["\"",1e999]""", true)]
    [InlineData("""{"a":1.5e99,"b":-2E-05,"c":true,"d":false,"e":null}""", false)]
    [InlineData("""{"1e999":"1e999\" 1e999","b":"\\"}""", false)]
    [InlineData("""{"a":1234567890123456}""", false)]
    public async Task A_number_of_thousands_of_digits_is_not_kept_as_a_number(string json, bool asText)
    {
        await using var command = database.App.CreateCommand("select jsonb_typeof($1::jsonb) = 'string', length($1::jsonb #>> '{}')");
        command.Parameters.AddWithValue(StorableText.Outside(json)!);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        Assert.Equal(asText, reader.GetBoolean(0));
        Assert.InRange(reader.GetInt32(1), 1, 200);
        Assert.Equal(json, asText ? JsonSerializer.Deserialize<string>(StorableText.Outside(json)!) : StorableText.Outside(json));
    }

    [Fact]
    public async Task A_number_with_more_digits_than_jsonb_holds_is_kept_as_text()
    {
        await using var command = database.App.CreateCommand(Cast);
        var json = $"[{new string('9', 140_000)}]";
        command.Parameters.AddWithValue(StorableText.Outside(json)!);
        Assert.Equal(json, (string?)await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Whatever_is_kept_PostgreSQL_stores()
    {
        var random = new Random(20260120);
        char[] units = ['a', '"', '\\', '\0', '\uD83D', '\uDE00', 'é', '\n', 'u', '0'];
        for (var i = 0; i < 300; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => units[random.Next(units.Length)])]);
            var escaped = "\"" + string.Concat(text.Select(c => $"\\u{(int)c:x4}")) + "\"";
            await using var command = database.App.CreateCommand(Cast);
            command.Parameters.AddWithValue(StorableText.Json(escaped)!);
            Assert.Equal(StorableText.Plain(text), (string?)await command.ExecuteScalarAsync());
            Assert.Equal(StorableText.Plain(text), JsonSerializer.Deserialize<string>(StorableText.Json(escaped)!));
        }
    }
}
