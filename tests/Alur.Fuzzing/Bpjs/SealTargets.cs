using Alur.Antrean.Bpjs;
using Alur.Simulators.Bpjs;

namespace Alur.Fuzzing.Bpjs;

/// <summary>Encrypted and packed responses.</summary>
internal static class SealTargets
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

    /// <summary>What was sealed is opened by its own key and by no other; damage never throws and never opens by itself.</summary>
    public static FuzzTarget Sealed { get; } = FuzzTarget.Of(
        "bpjs-sealed",
        draw => new Letter(Whole(draw.Text(draw.Once(50) ? 4000 : 120)), draw.Digits(5), draw.Text(20), draw.Digits(10), draw.Random.Next()),
        Smaller.By<Letter>(letter => letter.Text, (letter, text) => letter with { Text = Whole(text) }),
        letter =>
        {
            var packed = Sealer.Seal(letter.Text, letter.ConsId, letter.Secret, letter.Timestamp);
            Claim.Equal(letter.Text, BpjsSecurity.Decrypt(packed, letter.ConsId, letter.Secret, letter.Timestamp), "what was sealed is opened again");
            var sealedList = Sealer.Seal("[]", letter.ConsId, letter.Secret, letter.Timestamp);
            var other = ReadReply.From(200, $$"""{"metadata":{"code":200},"response":"{{sealedList}}"}""", text => BpjsSecurity.Decrypt(text, letter.ConsId, letter.Secret, letter.Timestamp + "1"));
            Claim.Equal(ReplyKind.Undecryptable, other.Kind, "another key opens nothing");
            var damaged = new Draw(letter.Damage).Damage(packed);
            var opened = BpjsSecurity.Decrypt(damaged, letter.ConsId, letter.Secret, letter.Timestamp);
            Claim.That(opened is null || opened.Length <= 32 * 1024 * 1024, "damage opens to nothing or to a text of bounded length");
        });

    /// <summary>Whatever is unpacked takes memory in proportion to what came and to the limit, and gives no text beyond the limit.</summary>
    public static FuzzTarget Unpacking { get; } = FuzzTarget.Of(
        "lz-unpacking",
        Bomb,
        Smaller.By<Packed>(packed => packed.Text, (packed, text) => packed with { Text = text, Original = null }),
        packed =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var text = LzString.DecompressFromEncodedUriComponent(packed.Text, packed.Limit);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Claim.That(text is null || text.Length <= packed.Limit, "no text is longer than the limit", text?.Length);
            Claim.That(taken <= 64 * 1024 + (256L * packed.Text.Length) + (16L * packed.Limit), $"memory is in proportion to {packed.Text.Length} packed characters and a limit of {packed.Limit}", taken);
            if (packed.Original is { } original)
            {
                Claim.Equal(original.Length <= packed.Limit ? original : null, text, "what was packed is unpacked, up to the limit exactly");
            }
        });

    private static Packed Bomb(Draw draw)
    {
        var limit = draw.Pick(0, 1, 100, 5_000, 20_000);
        if (draw.Once(2))
        {
            return new Packed(string.Concat(Enumerable.Range(0, draw.Random.Next(200)).Select(_ => draw.Once(50) ? draw.Text(1) : Alphabet[draw.Random.Next(Alphabet.Length)].ToString())), limit, Original: null);
        }

        var original = draw.Once(2) ? draw.Text(200) : new string(draw.Pick('a', '\uffff'), draw.Random.Next(limit * 3));
        var packed = LzPack.CompressToEncodedUriComponent(original);
        return draw.Once(3) ? new Packed(draw.Damage(packed), limit, Original: null) : new Packed(packed, limit, original);
    }

    // UTF-8 carries whole characters only.
    private static string Whole(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    private sealed record Letter(string Text, string ConsId, string Secret, string Timestamp, int Damage);

    private sealed record Packed(string Text, int Limit, string? Original);
}
