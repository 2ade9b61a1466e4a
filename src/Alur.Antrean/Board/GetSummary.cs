using System.Text.Json;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Counts of visits and of where their tasks stand: <c>observed = sent + held + failed + cancelled + pending</c>.</summary>
internal static class GetSummary
{
    public static async Task<Answer<Summary>> Handle(
        NpgsqlDataSource database,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite,
        [FromQuery] DateOnly? date = null)
    {
        var counted = await CountTasks.Run(database, site, date, ct);
        return counted.Ok ? Of(counted.Value, site, date) : counted.Error;
    }

    private static Summary Of(TaskCounts c, string site, DateOnly? date) => new(
        site, date, c.Visits, c.Blocked, c.Observed, c.Sent, c.AlreadyThere, c.Held, c.HeldByReason, c.Failed, c.Cancelled, c.Pending, c.Differs);

    /// <summary>Figures of a site, of one day or of all.</summary>
    /// <param name="Site">Its code.</param>
    /// <param name="Date">Day of service; null: all days.</param>
    /// <param name="Visits">Visits read from Khanza.</param>
    /// <param name="Blocked">Those of them that are BLOCKED_BPJS.</param>
    /// <param name="Observed">Tasks observed, REGISTER included.</param>
    /// <param name="Sent">Tasks that BPJS has.</param>
    /// <param name="AlreadyThere">Those of them that BPJS had from somebody else.</param>
    /// <param name="Held">Tasks held back.</param>
    /// <param name="HeldByReason">The same by reason.</param>
    /// <param name="Failed">Tasks refused for good or out of attempts.</param>
    /// <param name="Cancelled">Tasks of visits that were cancelled or are gone.</param>
    /// <param name="Pending">Tasks ready, queued or in flight.</param>
    /// <param name="Differs">Sent tasks of which Khanza says something else by now.</param>
    public sealed record Summary(
        string Site,
        DateOnly? Date,
        long Visits,
        long Blocked,
        long Observed,
        long Sent,
        long AlreadyThere,
        long Held,
        JsonElement HeldByReason,
        long Failed,
        long Cancelled,
        long Pending,
        long Differs);
}
