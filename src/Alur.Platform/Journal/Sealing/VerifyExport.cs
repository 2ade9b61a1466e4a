using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Alur.Platform.Journal.Sealing;

/// <summary>What an export turned out to be.</summary>
/// <param name="Entries">Read.</param>
/// <param name="Blocks">Read.</param>
/// <param name="Unsealed">Entries that no block seals: nothing speaks for or against them.</param>
/// <param name="Head">Number and hash of the last block.</param>
/// <param name="Keys">Ids of the keys that signed: a forger would have signed with another.</param>
/// <param name="Mistakes">What is not as it was sealed, one sentence each; the first hundred.</param>
public sealed record VerifiedExport(long Entries, long Blocks, long Unsealed, string? Head, IReadOnlyList<string> Keys, IReadOnlyList<string> Mistakes);

/// <summary>Looks whether an export is what was sealed: changed, removed, added and cut-off entries are named. Needs no database.</summary>
public static class VerifyExport
{
    // One reading only: a field that comes twice, in another case or besides those of the form would tell another program something that no seal covers.
    private static readonly JsonDocumentOptions OneReading = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Exact = new(JsonSerializerOptions.Web)
    {
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly string[][] Forms =
    [
        ["alur"], ["key", "spki"], ["block", "previous", "leaves", "key", "signature"], ["entry"], ["stream", "version"], ["end", "entries", "blocks", "streams"],
    ];

    /// <summary>Reads it once, from beginning to end.</summary>
    /// <param name="lines">The export.</param>
    /// <param name="head">A head that was written down earlier, <c>NUMBER:HASH</c>; it must be in there. Null: nobody knows.</param>
    /// <param name="key">Id of the key that must have signed everything; null: any key that the export brings.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<VerifiedExport> Run(TextReader lines, string? head, string? key, CancellationToken ct)
    {
        var (chain, streams, mistakes) = (new SealChain(head, key), new StreamCount(), new Mistakes());
        var (entries, number, ended) = (0L, 0L, false);
        while (await lines.ReadLineAsync(ct) is { } text)
        {
            number++;
            if (ended) mistakes.Add($"Line {number}: something follows the end.");
            try
            {
                var line = JsonNode.Parse(text, documentOptions: OneReading)!.AsObject();
                if (!Forms.Any(form => form.Length == line.Count && form.All(line.ContainsKey))) throw new FormatException("no line of this form");
                if (number == 1 != line.ContainsKey("alur") || (number == 1 && (string?)line["alur"] != ExportJournal.Form)) throw new FormatException("not an export of this form");
                if (line["entry"] is { } entry)
                {
                    var read = entry.Deserialize<SealedEntry>(Exact) ?? throw new FormatException("no entry");
                    entries++;
                    chain.Entry(read, mistakes);
                    streams.Entry(read, mistakes);
                }
                else if (line.ContainsKey("key") && line.ContainsKey("spki")) chain.Key((string)line["key"]!, Convert.FromBase64String((string)line["spki"]!), mistakes);
                else if (line.ContainsKey("block")) chain.Begin(Block(line), mistakes);
                else if (line.ContainsKey("stream")) streams.Stream((string)line["stream"]!, (int)line["version"]!, mistakes);
                else if (line.ContainsKey("end")) ended = IsEnd(line, entries, chain.Blocks, streams.Streams, mistakes);
                else if (number > 1) throw new FormatException("unknown");
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentException or OverflowException)
            {
                mistakes.Add($"Line {number} cannot be read.");
            }
        }

        chain.End(mistakes);
        streams.End(mistakes);
        if (!ended) mistakes.Add("The file is cut off: it has no end.");
        return new VerifiedExport(entries, chain.Blocks, chain.Unsealed, chain.Head, chain.Signers, mistakes.First);
    }

    private static SealBlock Block(JsonObject line)
    {
        var block = new SealBlock(
            (long)line["block"]!, Convert.FromBase64String((string)line["leaves"]!), Convert.FromHexString((string)line["previous"]!), (string)line["key"]!,
            Convert.FromBase64String((string)line["signature"]!));
        return block.IsWhole ? block : throw new FormatException("no block");
    }

    private static bool IsEnd(JsonObject line, long entries, long blocks, long streams, Mistakes mistakes)
    {
        if (((long)line["entries"]!, (long)line["blocks"]!, (long)line["streams"]!) != (entries, blocks, streams))
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"The end speaks of {line["entries"]} entries, {line["blocks"]} blocks and {line["streams"]} streams; {entries}, {blocks} and {streams} are there."));
        return true;
    }
}

/// <summary>The first hundred: a journal in which everything is wrong needs no list of everything.</summary>
internal sealed class Mistakes
{
    private const int Most = 100;
    private readonly List<string> _first = [];

    public IReadOnlyList<string> First => _first;

    public void Add(string mistake)
    {
        if (_first.Count < Most) _first.Add(mistake);
    }
}
