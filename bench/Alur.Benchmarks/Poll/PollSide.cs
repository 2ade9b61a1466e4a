using System.Data.Common;
using System.Globalization;
using Alur.Antrean;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.MariaDb;
using Alur.Platform;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Alur.Simulators.MariaDb;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Benchmarks.Poll;

/// <summary>One hospital: its Khanza database, our database, and the product's own poll between them.</summary>
internal sealed class PollSide : IAsyncDisposable
{
    /// <summary>Six days back, today, tomorrow.</summary>
    public const int Days = 8;

    /// <summary>One visit in so many changes before a poll.</summary>
    public const int ChangedShare = 20;

    private const string Site = "default";

    // Another twentieth every time, and never the moment that is there already.
    private const string Change = """
        update mutasi_berkas set diterima = date_add(dikirim, interval {minute} minute)
        where no_rawat between '{first}' and '{last}' and cast(right(no_rawat, 6) as unsigned) % {share} = {rest}
        """;

    private readonly MariaDbDataSource _writer;
    private readonly ServiceProvider _services;
    private int _change;

    private PollSide(string name, MariaDbDatabase khanza, NpgsqlDataSource postgres)
    {
        (Name, Postgres, _writer) = (name, postgres, new MariaDbDataSource(khanza.Writer));
        _services = Services(khanza, postgres);
    }

    public string Name { get; }

    public NpgsqlDataSource Postgres { get; }

    public static async Task<PollSide> Prepare(
        string name, MariaDbServer server, RunningCluster cluster, int perDay, int oldRows, TextWriter progress, CancellationToken ct)
    {
        await progress.WriteLineAsync($"Preparing a hospital with {oldRows:N0} older visits …");
        var khanza = await server.CreateDatabase($"alur_bench_{name}", "latin1", ct);
        await FillKhanza.Run(khanza, perDay, oldRows, ct);
        var side = new PollSide(name, khanza, await Database(cluster, $"alur_bench_{name}", ct));
        await side._services.GetRequiredService<SiteDirectory>().Mirror(ct);
        await side.Poll(ct); // takes everything in
        return side;
    }

    public Task<PollKhanza.PollResult> Poll(CancellationToken ct) => _services.GetRequiredService<PollKhanza>().RunOnce(Site, ct);

    /// <summary>Changes a twentieth of the window's visits, as a late scan of the folder does.</summary>
    public async Task ChangeSome(CancellationToken ct)
    {
        var (minute, rest) = (31 + (_change / ChangedShare), _change % ChangedShare);
        _change++;
        await using var command = _writer.CreateCommand(Change
            .Replace("{minute}", $"{minute}", StringComparison.Ordinal).Replace("{rest}", $"{rest}", StringComparison.Ordinal)
            .Replace("{share}", $"{ChangedShare}", StringComparison.Ordinal)
            .Replace("{first}", FillKhanza.Day(0), StringComparison.Ordinal).Replace("{last}", FillKhanza.Day(Days), StringComparison.Ordinal));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What MariaDB has done so far, for everybody.</summary>
    public Task<MariaDbReads> Reads(CancellationToken ct) => MariaDbReads.Now(_writer, ct);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _writer.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private static async Task<NpgsqlDataSource> Database(RunningCluster cluster, string name, CancellationToken ct)
    {
        await using var admin = NpgsqlDataSource.Create(cluster.AdminConnectionString);
        foreach (var sql in new[] { $"drop database if exists {name} with (force)", $"create database {name} owner alur_owner" })
        {
            await using var command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(ct);
        }

        string Of(string connection) => new NpgsqlConnectionStringBuilder(connection) { Database = name }.ConnectionString;
        await new Migrator(Of(cluster.OwnerConnectionString), [PlatformModule.Migrations, new ModuleMigrations("antrean", typeof(AntreanModule).Assembly)]).Up(ct);
        return PlatformModule.RuntimeDataSource(Of(cluster.AppConnectionString));
    }

    private static ServiceProvider Services(MariaDbDatabase khanza, NpgsqlDataSource postgres)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Antrean:Sites:{Site}:Profile"] = "khanza",
            [$"Antrean:Sites:{Site}:Khanza:Host"] = "given",
            [$"Antrean:Sites:{Site}:Khanza:User"] = "given",
            [$"Antrean:Sites:{Site}:Khanza:Database"] = "given",
        }).Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddSingleton(postgres)
            .AddSingleton<TimeProvider>(new Noon())
            .AddSingleton<Func<KhanzaOptions, DbDataSource>>(_ => new MariaDbDataSource(khanza.Reader))
            .AddAntrean(configuration)
            .BuildServiceProvider();
    }

    /// <summary>The hospital's today: the seventh day of the window.</summary>
    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.ParseExact(FillKhanza.Day(6) + " 05:00", "yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
