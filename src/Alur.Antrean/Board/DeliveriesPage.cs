using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What is on its way to BPJS, what failed and why, which visits wait for somebody, and whether the way is open.</summary>
internal static class DeliveriesPage
{
    private const int MostKinds = 20;

    public static async Task<IResult> Show([AsParameters] DeliveryFilter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        var site = await SiteChoice.Of(filter.Site, database, ct);
        if (!site.Ok)
        {
            return Problem.From(site.Error);
        }

        var code = site.Value.Code;
        var (counts, failures) = (await CountLanes.Run(code, database, ct), (await ListFailures.Handle(database, ct, code, MostKinds)).Result);
        var lists = await Lists(filter, code, database, ct);
        return (counts.Error ?? failures.Error ?? lists.Error) is { } error
            ? Problem.From(error)
            : PageResult.Of<DeliveriesView>(lists.Value with { Site = site.Value, Filter = filter, Counts = counts.Value, Failures = failures.Value });
    }

    // One list at a time: each has a cursor of its own.
    private static async Task<Result<Deliveries>> Lists(DeliveryFilter filter, string site, NpgsqlDataSource database, CancellationToken ct)
    {
        var none = new Deliveries();
        switch (filter.View ?? DeliveryFilter.Queue)
        {
            case DeliveryFilter.Queue:
                var queue = (await ListQueue.Handle(
                    new ListQueue.Filter(site, filter.Status, filter.VisitId, filter.TaskId, filter.Fingerprint, filter.After, Limit: null), database, ct)).Result;
                return queue.Ok ? none with { Queue = queue.Value } : queue.Error;
            case DeliveryFilter.Parked:
                var parked = await ListParked.Run(filter, site, database, ct);
                return parked.Ok ? none with { Parked = parked.Value } : parked.Error;
            case DeliveryFilter.Attempts:
                var logs = (await ListLogs.Handle(new ListLogs.Filter(site, filter.VisitId, filter.QueueId, filter.After, Limit: null), database, ct)).Result;
                return logs.Ok ? none with { Attempts = logs.Value } : logs.Error;
            default:
                return new UnknownValue("view", filter.View!, DeliveryFilter.Views);
        }
    }
}

/// <summary>Filters; all given ones must hold.</summary>
/// <param name="Site">Code of the hospital.</param>
/// <param name="View">Which list.</param>
/// <param name="Status">Of the queue: its rows in this state.</param>
/// <param name="VisitId">Of this visit.</param>
/// <param name="TaskId">Of this task; not of attempts.</param>
/// <param name="Fingerprint">Failed for this reason; not of attempts.</param>
/// <param name="QueueId">Of attempts: those of this queue row.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record DeliveryFilter(
    [property: FromQuery(Name = "site")] string? Site,
    [property: FromQuery(Name = "view")] string? View,
    [property: FromQuery(Name = "status")] string? Status,
    [property: FromQuery(Name = "visit_id")] string? VisitId,
    [property: FromQuery(Name = "task_id")] string? TaskId,
    [property: FromQuery(Name = "fingerprint")] string? Fingerprint,
    [property: FromQuery(Name = "queue_id")] long? QueueId,
    [property: FromQuery(Name = "after")] string? After)
{
    public const string Queue = "queue";
    public const string Parked = "parked";
    public const string Attempts = "attempts";

    public static readonly string[] Views = [Queue, Parked, Attempts];
}

/// <summary>What the page shows; of the three lists, the one that was asked for.</summary>
internal sealed record Deliveries
{
    public SiteChoice Site { get; init; } = null!;

    public DeliveryFilter Filter { get; init; } = null!;

    public LaneCounts Counts { get; init; } = null!;

    public Page<ListFailures.Failure> Failures { get; init; } = null!;

    public Page<ListQueue.QueueRow>? Queue { get; init; }

    public Page<ParkedVisit>? Parked { get; init; }

    public Page<ListLogs.LogRow>? Attempts { get; init; }

    public string View => Filter.View ?? DeliveryFilter.Queue;

    public string? Next => Queue?.Next ?? Parked?.Next ?? Attempts?.Next;
}
