using System.Text.Json.Serialization;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Every hospital and the state of its ways in (Khanza) and out (BPJS).</summary>
internal static class ListSites
{
    // A pause that has run out is no pause; one until 'infinity' has no end to show.
    private const string Sql = $$"""
        select {{SiteModes.Columns}}, s.name, s.zone, s.profile, s.onsite_jkn, s.last_poll_at, s.last_poll_error,
               coalesce(c.paused_until > now(), false) as paused,
               case when c.paused_until > now() and c.paused_until < 'infinity' then c.paused_until end as paused_until,
               case when c.paused_until > now() then {{PausedBecause.Sql}} end as paused_reason,
               b.state as breaker_state, b.retry_at as breaker_retry_at, b.last_error as breaker_error
        from antrean.sites s
        left join antrean.site_modes m on m.site_id = s.id
        left join delivery.channels c on c.name = 'bpjs:' || s.code
        left join platform.breakers b on b.name = c.breaker
        order by s.code
        """;

    public static async Task<Listing<Site>> Handle(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var sites = new List<Site>();
        while (await reader.ReadAsync(ct))
        {
            sites.Add(Read(reader));
        }

        return new Page<Site>(sites, Next: null);
    }

    private static Site Read(NpgsqlDataReader row) => Read(row, SiteModes.Read(row));

    private static Site Read(NpgsqlDataReader row, SiteMode mode) => new(
        mode.Site,
        row.Get<string>("name"),
        row.Get<string>("zone"),
        mode.Mode,
        mode.SendFrom,
        mode.CheckBefore,
        mode.Switched,
        row.GetOrDefault<string>("profile"),
        row.Get<string>("onsite_jkn"),
        row.GetOrDefault<DateTimeOffset?>("last_poll_at"),
        row.GetOrDefault<string>("last_poll_error"),
        new Channel(row.Get<bool>("paused"), row.GetOrDefault<DateTimeOffset?>("paused_until"), row.GetOrDefault<string>("paused_reason")),
        row.GetOrDefault<string>("breaker_state") is { } state
            ? new Breaker(state, row.GetOrDefault<DateTimeOffset?>("breaker_retry_at"), row.GetOrDefault<string>("breaker_error"))
            : null);

    /// <summary>One hospital.</summary>
    /// <param name="Code">As used in <c>?site=</c>.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Zone">IANA zone of its wall clock.</param>
    /// <param name="Mode">observe or send.</param>
    /// <param name="SendFrom">Visits that began earlier are never sent.</param>
    /// <param name="CheckBefore">Visits that began earlier are looked up at BPJS before anything of them is sent; null: none.</param>
    /// <param name="Switched">What a person switched it to; null: it is as configured.</param>
    /// <param name="Profile">Chosen task profile; null: none, so nothing is sent.</param>
    /// <param name="OnSiteJkn">Who registers on-site BPJS patients: desktop or bridge.</param>
    /// <param name="LastPollAt">When the last good poll of Khanza finished.</param>
    /// <param name="LastPollError">Why the latest poll broke off; null after a good one.</param>
    /// <param name="Channel">The way to BPJS.</param>
    /// <param name="Breaker">Its circuit breaker; null before the channel was first used.</param>
    public sealed record Site(
        [property: JsonPropertyName("code")] string Code,
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("zone")] string Zone,
        [property: JsonPropertyName("mode")] string Mode,
        [property: JsonPropertyName("send_from")] DateTimeOffset? SendFrom,
        [property: JsonPropertyName("check_before")] DateTimeOffset? CheckBefore,
        [property: JsonPropertyName("switched")] SwitchedMode? Switched,
        [property: JsonPropertyName("profile")] string? Profile,
        [property: JsonPropertyName("onsite_jkn")] string OnSiteJkn,
        [property: JsonPropertyName("last_poll_at")] DateTimeOffset? LastPollAt,
        [property: JsonPropertyName("last_poll_error")] string? LastPollError,
        [property: JsonPropertyName("channel")] Channel Channel,
        [property: JsonPropertyName("breaker")] Breaker? Breaker)
    {
        /// <summary>Whether it sends, with what a person switched.</summary>
        [JsonIgnore]
        public SiteMode Standing => new(Code, Mode, SendFrom, CheckBefore, Switched);

        /// <summary>The settings without which Khanza cannot be read; null: none is missing.</summary>
        internal string? KhanzaLacks => PausedBecause.KeysIn(LastPollError);
    }

    /// <summary>Whether calls to BPJS are held back as a whole.</summary>
    /// <param name="Paused">Nothing is sent at the moment.</param>
    /// <param name="PausedUntil">Until then; null while paused: until somebody resumes it.</param>
    /// <param name="PausedReason">Why.</param>
    public sealed record Channel(
        [property: JsonPropertyName("paused")] bool Paused,
        [property: JsonPropertyName("paused_until")] DateTimeOffset? PausedUntil,
        [property: JsonPropertyName("paused_reason")] string? PausedReason)
    {
        /// <summary>The settings without which BPJS cannot be called; null: none is missing.</summary>
        internal string? Lacks => PausedBecause.KeysIn(PausedReason);
    }

    /// <summary>The circuit breaker of the channel.</summary>
    /// <param name="State">CLOSED (calls go through), OPEN (none) or HALF_OPEN (one probe).</param>
    /// <param name="RetryAt">When an open one lets a probe through.</param>
    /// <param name="LastError">The failure that counted last.</param>
    public sealed record Breaker(
        [property: JsonPropertyName("state")] string State,
        [property: JsonPropertyName("retry_at")] DateTimeOffset? RetryAt,
        [property: JsonPropertyName("last_error")] string? LastError);
}
