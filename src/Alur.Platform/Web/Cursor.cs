using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Alur.Platform.Results;

namespace Alur.Platform.Web;

/// <summary>
/// Where a page ended, as text that callers pass back unread: the list's name and the key of its last row. Rows that come or
/// go meanwhile cannot shift a walk, because it goes on behind a key and not behind a count. A digest tells a cursor that was cut, retyped or
/// edited on its way from one that a list gave; it is no secret, for a cursor opens nothing that its caller may not read anyway.
/// </summary>
public static class Cursor
{
    private const int DigestLength = 6;

    private static readonly JsonSerializerOptions Json = Strict();

    /// <summary>The cursor behind the row with this key.</summary>
    public static string After<TKey>(string list, TKey key)
        where TKey : class =>
        Signed(JsonSerializer.SerializeToUtf8Bytes(new Content<TKey>(list, key), Json));

    /// <summary>The key in a cursor of this list; null when there is no cursor. Refused: <c>INVALID_CURSOR</c>.</summary>
    public static Result<TKey?> Read<TKey>(string? cursor, string list)
        where TKey : class
    {
        if (cursor is null)
        {
            return (TKey?)null;
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            var json = bytes.AsSpan(0, Math.Max(0, bytes.Length - DigestLength));
            if (Signed(json) != cursor)
            {
                return new InvalidCursor();
            }

            var content = JsonSerializer.Deserialize<Content<TKey>>(json, Json);
            return content?.List == list && content.Key is not null ? content.Key : new InvalidCursor();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return new InvalidCursor();
        }
    }

    private static string Signed(ReadOnlySpan<byte> json) => Base64Url.EncodeToString([.. json, .. SHA256.HashData(json).AsSpan(0, DigestLength)]);

    private static JsonSerializerOptions Strict()
    {
        var options = new JsonSerializerOptions { RespectRequiredConstructorParameters = true };
        WebJson.Configure(options);
        options.PropertyNamingPolicy = null; // as it was when the first cursors were given out
        return options;
    }

    private sealed record Content<TKey>(string List, TKey? Key);
}
