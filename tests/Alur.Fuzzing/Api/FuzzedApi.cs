using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Fuzzing.Api;

/// <summary>A running server with a few visits, and the targets that speak to it.</summary>
public sealed class FuzzedApi : IAsyncDisposable
{
    private static readonly (string Name, string List)[] Lists =
        [("visits", "visits"), ("tasks", "tasks"), ("queue", "queue"), ("logs", "logs"), ("history", "visits/2026%2F01%2F20%2F000001/history")];

    private readonly AlurApp _app;
    private readonly ApiTargets _targets;
    private readonly DescribedTarget _described;

    private FuzzedApi(AlurApp app, ApiTargets targets, DescribedTarget described) => (_app, _targets, _described) = (app, targets, described);

    /// <summary>Targets that need the server.</summary>
    public IReadOnlyList<FuzzTarget> Targets => [.. _targets.All, _described.Operations];

    /// <summary>Starts it on a database of its own.</summary>
    public static async Task<FuzzedApi> Start()
    {
        var app = await AlurApp.Start();
        var hospital = await new Hospital(app).Open();
        foreach (var visit in new[] { "2026/01/20/000001", "2026/01/20/000002", "2026/01/20/000003" })
        {
            await hospital.Visit(visit);
            await hospital.Draft(visit, "1");
            await hospital.Held(visit, "4", "TIME_NOT_LATER");
            await hospital.FailedInQueue(visit, "3", "BPJS says no", "201: bpjs says no");
        }

        List<ListCursor> cursors = [];
        foreach (var (name, list) in Lists)
        {
            cursors.Add(new ListCursor(name, list, (string)(await app.Get($"/api/antrean/{list}?limit=1"))["meta"]!["next"]!));
        }

        var document = JsonNode.Parse(await app.AsStranger().GetStringAsync("/openapi.json"))!;
        var token = (await app.AsUser(Policies.Admin)).DefaultRequestHeaders.Authorization!.Parameter!;
        return new FuzzedApi(app, new ApiTargets(app, cursors), new DescribedTarget(app, document, token, await app.NewUser(Policies.Client, "front-office")));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _targets.Dispose();
        _described.Dispose();
        await _app.DisposeAsync();
    }
}
