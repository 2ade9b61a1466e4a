using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Journal;

/// <summary>A request as arrays, one per column, which is how a whole set goes to PostgreSQL in one statement.</summary>
internal sealed class AppendColumns
{
    private readonly IReadOnlyList<StreamAppend> _streams;
    private readonly (StreamAppend Of, int Nth, NewEntry Entry, Guid Id)[] _entries;
    private readonly EventTypes _types;

    public AppendColumns(IReadOnlyList<StreamAppend> streams, EventTypes types)
    {
        (_streams, _types) = (streams, types);
        _entries = [.. streams.SelectMany(s => s.Entries.Select((entry, i) => (s, i + 1, entry, Guid.CreateVersion7())))];
    }

    public int Count => _entries.Length;

    public string[] Streams => [.. _streams.Select(s => s.Stream.Text)];

    /// <summary>Of $1 … $6: id, kind, subject, number of entries, expected version, and the version that the stream must have because one of them corrects it.</summary>
    public void AddStreams(NpgsqlBatchCommand command)
    {
        Add(command, Streams, NpgsqlDbType.Text);
        Add(command, [.. _streams.Select(s => s.Stream.Kind)], NpgsqlDbType.Text);
        Add(command, [.. _streams.Select(s => s.SubjectId)], NpgsqlDbType.Text);
        Add(command, [.. _streams.Select(s => s.Entries.Count)], NpgsqlDbType.Integer);
        Add(command, [.. _streams.Select(s => s.ExpectedVersion)], NpgsqlDbType.Integer);
        Add(command, [.. _streams.Select(Corrected)], NpgsqlDbType.Integer);
    }

    /// <summary>What the stream must be at so that every entry which is corrected is there, or comes earlier in the same request.</summary>
    public static int Corrected(StreamAppend stream) => stream.Entries.Select((entry, i) => (entry.Corrects ?? 0) - i).Append(0).Max();

    /// <summary>Of $7 … $18, in the order of the table's columns.</summary>
    public void AddEntries(NpgsqlBatchCommand command)
    {
        Add(command, Of(e => e.Id), NpgsqlDbType.Uuid);
        Add(command, Of(e => e.Of.Stream.Text), NpgsqlDbType.Text);
        Add(command, Of(e => e.Nth), NpgsqlDbType.Integer);
        Add(command, Of(e => e.Entry.Type), NpgsqlDbType.Text);
        Add(command, Of(e => _types.VersionOf(e.Entry.Type)), NpgsqlDbType.Integer);
        Add(command, Of(e => e.Entry.Description), NpgsqlDbType.Text);
        Add(command, Of(e => e.Entry.Metadata), NpgsqlDbType.Text);
        Add(command, Of(e => e.Entry.PerformedBy.Id), NpgsqlDbType.Text);
        Add(command, Of(e => EntryRow.KindOf(e.Entry.PerformedBy.Kind)), NpgsqlDbType.Text);
        Add(command, Of(e => e.Entry.PerformedAt.ToUniversalTime()), NpgsqlDbType.TimestampTz);
        Add(command, Of(e => e.Entry.CorrelationId), NpgsqlDbType.Uuid);
        Add(command, Of(e => e.Entry.Corrects), NpgsqlDbType.Integer);
    }

    /// <summary>Of $19 … $20: the command and what it asked.</summary>
    public void AddCommand(NpgsqlBatchCommand command, string id)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Digest(), NpgsqlDbType = NpgsqlDbType.Bytea });
    }

    /// <summary>SHA-256 of what was asked. What the caller expected is left out: a repetition may have read the stream again.</summary>
    public byte[] Digest()
    {
        using var form = new CanonicalForm();
        foreach (var (of, _, entry, _) in _entries)
        {
            form.Add(of.Stream.Text).Add(of.SubjectId).Add(entry.Type).Add(_types.VersionOf(entry.Type)).Add(entry.Description).Add(entry.Metadata)
                .Add(entry.PerformedBy.Id).Add(EntryRow.KindOf(entry.PerformedBy.Kind)).Add(entry.PerformedAt).Add(entry.CorrelationId?.ToString()).Add(entry.Corrects);
        }

        return SHA256.HashData(form.Written);
    }

    private T[] Of<T>(Func<(StreamAppend Of, int Nth, NewEntry Entry, Guid Id), T> column) => Array.ConvertAll(_entries, e => column(e));

    private static void Add<T>(NpgsqlBatchCommand command, T[] values, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
