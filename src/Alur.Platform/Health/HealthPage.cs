using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Resilience;
using Alur.Platform.Web;
using Alur.Platform.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Alur.Platform.Health;

/// <summary>
/// Whether all is well: what <c>alur doctor</c> finds without asking anybody outside, the breakers, the ways out, the servers and the database. The
/// doctor's round is made when somebody opens the page; the rest refreshes itself.
/// </summary>
internal static class HealthPage
{
    public const string Path = "/admin/health";

    // Who opens a page waits for it; what takes longer is named there instead.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(8);

    public static async Task<IResult> Show(HttpContext http, NpgsqlDataSource database, IConfiguration configuration, DiskGuard disk, CancellationToken ct)
    {
        var refreshes = http.Request.Headers.ContainsKey("HX-Request");
        var place = new DatabasePlace(disk.Directory, configuration.GetConnectionString("Alur"));
        var findings = refreshes ? [] : await RunDoctor.Run(http.RequestServices, place, subject: null, ct, check => !check.AsksOthers, s_longest);
        return PageResult.Of<HealthView>(new Condition(findings, await ListBreakers.Run(database, ct), await ReadHealth.Run(database, ct), await ReceiverNames.Read(database, ct)));
    }

    public static async Task<IResult> ResetBreaker(HttpContext http, ResetBreakers reset, NpgsqlDataSource database, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var here = new Here(http);
        var done = await reset.Run(form.Value["name"], http.AuditOrigin(), ct);
        var name = (await ReceiverNames.Read(database, ct)).Of(form.Value["name"]);
        return Forms.Back(http, Path, Notice.Of(done, here, closed => here.Say(
            $"{name} dicoba lagi; {closed.Sum(b => b.RequeuedJobs)} pengiriman masuk antrean lagi.",
            $"{name} is tried again; {closed.Sum(b => b.RequeuedJobs)} deliveries are queued again.")));
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Findings">Of the doctor; those to act on first.</param>
/// <param name="Breakers">Before the outside services.</param>
/// <param name="Standing">What changes from minute to minute.</param>
/// <param name="Names">What receivers are called, whose channels and breakers bear ids.</param>
internal sealed record Condition(IReadOnlyList<Finding> Findings, IReadOnlyList<BreakerRow> Breakers, Standing Standing, ReceiverNames Names);
