using System.Text.Json.Serialization;
using Npgsql;

namespace Alur.Host.Startup;

/// <summary>For load balancers and supervisors; open to everybody, says nothing about the data.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: and so does its database.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowAnonymous().DisableRateLimiting(); // one address may ask for many
        health.MapGet("/live", () => TypedResults.Json(new Standing("live"))).Produces<Standing>().WithSummary("Whether the process answers.");
        health.MapGet("/ready", Ready).Produces<Standing>().Produces<Standing>(StatusCodes.Status503ServiceUnavailable).WithSummary("Whether it and its database answer.");
    }

    private static async Task<IResult> Ready(NpgsqlDataSource database, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(deadline.Token);
            return TypedResults.Json(new Standing("ready"));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return TypedResults.Json(new Standing("unavailable", "database"), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>How the server stands.</summary>
    /// <param name="Status"><c>live</c>, <c>ready</c> or <c>unavailable</c>.</param>
    /// <param name="Reason">What is missing.</param>
    private sealed record Standing(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);
}
