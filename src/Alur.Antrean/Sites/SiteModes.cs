using Alur.Platform.Data;
using Npgsql;

namespace Alur.Antrean.Sites;

/// <summary>
/// Reads from the database whether hospitals send. One small statement for all of them, begun after whoever waits for it asked, so that nobody goes by what
/// was true before; those who ask while one runs share the next.
/// </summary>
internal sealed class SiteModes(NpgsqlDataSource db) : IDisposable
{
    /// <summary>Columns of <see cref="Read"/>, of <c>antrean.sites s</c> beside <c>antrean.site_modes m</c>.</summary>
    public const string Columns = """
        s.code, s.mode, s.send_from, s.check_before, m.mode as switched_mode, m.set_by, m.set_at, m.configured_mode, m.configured_send_from,
        m.configured_mode <> s.mode or (s.mode = 'send' and m.configured_send_from is distinct from s.send_from) as differs
        """;

    private const string Sql = $"select {Columns} from antrean.sites s left join antrean.site_modes m on m.site_id = s.id order by s.code";

    // One that hangs holds up all who come after it.
    private const int TimeoutSeconds = 5;

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<SiteMode>>? _next;

    /// <summary>Every hospital that was ever served, by code.</summary>
    /// <exception cref="NpgsqlException">The database does not say.</exception>
    public Task<IReadOnlyList<SiteMode>> All(CancellationToken ct)
    {
        lock (_lock)
            return (_next ??= Task.Run(ReadNext, CancellationToken.None)).WaitAsync(ct);
    }

    /// <summary>One of them; null: it was never served.</summary>
    public async Task<SiteMode?> Of(string site, CancellationToken ct) => (await All(ct)).FirstOrDefault(mode => mode.Site == site);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>One row.</summary>
    public static SiteMode Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Maybe<DateTimeOffset?>(2), row.Maybe<DateTimeOffset?>(3),
        row.IsDBNull(4) ? null : new SwitchedMode(row.GetString(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6), row.GetString(7), row.Maybe<DateTimeOffset?>(8), row.GetBoolean(9)));

    private async Task<IReadOnlyList<SiteMode>> ReadNext()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            lock (_lock)
                _next = null; // what is read from here on is too old for whoever asks now
            await using var command = db.CreateCommand(Sql);
            command.CommandTimeout = TimeoutSeconds;
            await using var reader = await command.ExecuteReaderAsync();
            var modes = new List<SiteMode>();
            while (await reader.ReadAsync())
                modes.Add(Read(reader));
            return modes;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
