using System.CommandLine;
using Alur.Antrean.Sites;
using Alur.Host.Commands.Demo;
using Alur.Host.Startup;
using Alur.Platform.Alerts;
using Alur.Platform.Configuration;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Host.Commands;

/// <summary><c>alur serve</c>: the server.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var serve = new Command("serve", $"Run the server (on {HostSettings.DefaultUrl} unless configured)").WithSettings().MayBeOfDemo();
        serve.SetAction(Run);
        return serve;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        await Console.Out.WriteLineAsync(await Serve(parsed, ct));
        return CommandLine.Succeeded;
    }

    private static async Task<string> Serve(ParseResult parsed, CancellationToken ct)
    {
        await using var app = Build(parsed);
        app.Services.GetService<IStartupValidator>()?.Validate();
        await using var database = await DatabaseSession.Open(app.Configuration, asHost: true, ct);
        await using var closedFirst = app; // its connections end before the database does
        await Console.Out.WriteLineAsync($"Data: {database.Place}");
        var antrean = app.Services.GetRequiredService<IOptions<AntreanOptions>>().Value;
        await Opening.Tell(Console.Out, HostSettings.FileInUse(parsed));
        ListenAddresses.Check(app.Configuration);
        app.Configuration["ConnectionStrings:Alur"] = database.App;
        await PrepareDatabase.Run(database, app.Services.GetRequiredService<NpgsqlDataSource>(), ct);
        app.Services.GetRequiredService<KeepCluster>().Watch(database);
        app.Services.GetRequiredService<DiskGuard>().Watch(database.Directory);
        app.Services.GetRequiredService<SealKey>().Use(app.Configuration[JournalOptions.SealKeyFileKey], database.Directory);
        app.Services.GetRequiredService<SecondFactorKeys>().Beside(database.Directory);
        try
        {
            await app.StartAsync(ct);
            var modes = await Opening.Modes(app.Services);
            await Opening.TellSites(Console.Out, antrean, modes);
            await Opening.TellPauses(Console.Out, app.Services.GetRequiredService<DeliveryQueue>(), antrean, modes, app.Urls.FirstOrDefault() ?? HostSettings.DefaultUrl, ct);
            foreach (var line in app.Services.GetServices<OpeningLine>()) await Console.Out.WriteLineAsync(line.Text);
            await Console.Out.WriteLineAsync($"Listening: {string.Join(", ", app.Urls)}");
            await app.WaitForShutdownAsync(ct);
            return Opening.Stopped(antrean, await Opening.Modes(app.Services));
        }
        catch
        {
            // Loops may run already: what they were answered is written down before the end.
            await Stop(app);
            throw;
        }
    }

    private static async Task Stop(WebApplication app)
    {
        try
        {
            await app.StopAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            // Why it ends is told by whoever asked for the end.
        }
    }

    private static WebApplication Build(ParseResult parsed)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Production" });
        HostSettings.Apply(builder.Configuration, parsed);
        builder.AddAlurLogging();
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore; // one broken loop must not end the server; it is logged
        });
        builder.Services.AddAlur(builder.Configuration);
        var app = builder.Build();
        app.MapAlur();
        return app;
    }
}
