using System.Text.Json;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.References;

/// <summary>
/// Writes <c>antrean.reference_lists</c>, a whole list by one statement. Only a list replaces a list: an attempt that failed notes why and
/// leaves the rows and their age as they are.
/// </summary>
internal static class KeepReferences
{
    /// <summary>How rows are stored: the names that the comparison reads.</summary>
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What BPJS refuses, or lists as empty, is asked for again after this: long enough to be no burden, short enough to see it mended.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromHours(1);

    // Every list that is asked for has its row already.
    private const string Rows = """
        update antrean.reference_lists
        set rows = $3, fetched_at = now(), fetched_on = $4, asked_at = now(), failure = null, again_at = now() + $5
        where site_id = $1 and path = $2
        """;

    private const string Failure = """
        update antrean.reference_lists set asked_at = now(), failure = left($3, 300), again_at = now() + $4 where site_id = $1 and path = $2
        """;

    /// <summary>A list was read.</summary>
    /// <param name="db">Our database.</param>
    /// <param name="site">Whose list.</param>
    /// <param name="list">Which.</param>
    /// <param name="rows">A JSON array.</param>
    /// <param name="again">When to ask again before the next day; null: then.</param>
    /// <param name="today">As <see cref="DayOf"/> says.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task Read(NpgsqlDataSource db, Site site, DueList list, string rows, TimeSpan? again, DateOnly today, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Rows);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = site.Id }, new() { Value = list.Path },
            new() { Value = rows, NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = today },
            new() { Value = again ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval },
        });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>An attempt gave no list; what was there stays. Why is in the other side's words, and shown on screens: nothing in it may steer them.</summary>
    public static async Task Failed(NpgsqlDataSource db, Site site, DueList list, string why, TimeSpan again, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Failure);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = site.Id }, new() { Value = list.Path }, new() { Value = KhanzaText.Clean(why, out _) }, new() { Value = again },
        });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The day to which a list belongs: it begins at three in the morning, because what is filed in HFIS is in force after midnight.</summary>
    public static DateOnly DayOf(DateTimeOffset now, Site site) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, site.Zone).DateTime.AddHours(-3));
}

/// <summary>A list that is to be asked for.</summary>
/// <param name="Path">As BPJS is asked.</param>
/// <param name="Kind">As stored.</param>
/// <param name="Rows">How many rows are kept of it; null: none was ever read.</param>
internal sealed record DueList(string Path, string Kind, int? Rows = null)
{
    public static readonly DueList Clinics = new("ref/poli", "CLINICS");
    public static readonly DueList Doctors = new("ref/dokter", "DOCTORS");
    public static readonly DueList KhanzaClinics = new("khanza/maping_poli_bpjs", "KHANZA_CLINICS");
    public static readonly DueList KhanzaDoctors = new("khanza/maping_dokter_dpjpvclaim", "KHANZA_DOCTORS");
    public static readonly DueList KhanzaSlots = new("khanza/jadwal", "KHANZA_SLOTS");

    public bool IsSchedule => Kind == "SCHEDULE";
}
