using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Alur.MariaDb;
using Alur.Platform.Postgres;

namespace Alur.Simulators.MariaDb;

/// <summary>A private MariaDB (the distribution's binaries) on a loopback port and a Unix socket, for the demo and for tests. It outlives
/// its starter; whoever comes next adopts it. Never run as root.</summary>
public sealed partial class MariaDbServer
{
    private const int Attempts = 3;
    private const string AskWhoAnswers = "select @@datadir";
    private readonly MariaDbPlace _place;

    private MariaDbServer(MariaDbPlace place, MariaDbSettings settings, int processId, bool adopted)
    {
        (_place, Port, ProcessId, Adopted) = (place, settings.Port, processId, adopted);
        Root = RootOf(place, settings);
    }

    /// <summary>Where it keeps everything.</summary>
    public string Directory => _place.Directory;

    /// <summary>Always loopback.</summary>
    public string Host => "127.0.0.1";

    /// <summary>TCP port, chosen free at the first start and kept.</summary>
    public int Port { get; }

    /// <summary>Path of the Unix socket.</summary>
    public string Socket => _place.Socket;

    /// <summary>Process id of mariadbd.</summary>
    public int ProcessId { get; }

    /// <summary>It was running already.</summary>
    public bool Adopted { get; }

    /// <summary>The administrator, through the Unix socket only.</summary>
    public MariaDbConnectionOptions Root { get; }

    /// <summary>Makes the server if there is none, starts it if it does not run, and proves by a query that it answers.</summary>
    /// <exception cref="MariaDbUnavailableException">With what a person can do; never waits longer than the options allow.</exception>
    public static async Task<MariaDbServer> EnsureRunning(MariaDbServerOptions options, CancellationToken ct = default)
    {
        var place = new MariaDbPlace(Path.GetFullPath(options.Directory));
        await ServerUser.OwnDirectory(place.Directory, ct);
        using FileLock starting = await FileLock.TryTake(place.StartLock, options.StartTimeout, ct)
            ?? throw new MariaDbUnavailableException($"Somebody else has been starting the MariaDB in {place.Directory} for {options.StartTimeout.TotalSeconds:0} s.");
        MariaDbSettings settings = MariaDbSettings.ReadOrMake(place);
        if (MariaDbProcess.Find(place) is { } running)
        {
            return await Answers(place, settings, options.StartTimeout, ct)
                ? new MariaDbServer(place, settings, running, adopted: true)
                : throw new MariaDbUnavailableException($"The MariaDB in {place.Directory} ended while it was waited for.{place.LogTail()}");
        }
        await StartMariaDb.Install(place, ct);
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            await StartMariaDb.Run(place, settings, options.ExtraArguments, ct);
            if (await Answers(place, settings, options.StartTimeout, ct) && MariaDbProcess.Find(place) is { } pid)
                return new MariaDbServer(place, settings, pid, adopted: false);
            settings = settings.WithNewPort(place);
        }
        throw new MariaDbUnavailableException($"The MariaDB in {place.Directory} does not start.{place.LogTail()}");
    }

    /// <summary>Stops the server of this directory if it runs; returns whether it did.</summary>
    public static async Task<bool> Stop(MariaDbServerOptions options, CancellationToken ct = default)
    {
        var place = new MariaDbPlace(Path.GetFullPath(options.Directory));
        if (MariaDbProcess.Find(place) is not { } pid)
            return false;
        await MariaDbProcess.Terminate(pid, ct);
        await WaitForEnd(place, pid, ct);
        return true;
    }

    /// <summary>Orderly shutdown.</summary>
    public Task Stop(CancellationToken ct = default) => Stop(new MariaDbServerOptions(Directory), ct);

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task Kill(CancellationToken ct = default)
    {
        if (!MariaDbProcess.IsAlive(_place, ProcessId))
            return;
        MariaDbProcess.Kill(ProcessId);
        await WaitForEnd(_place, ProcessId, ct);
    }

    /// <summary>An empty database (an existing one of this name is dropped) with a writing and a read-only account of its own.</summary>
    /// <param name="name">Lower-case letters, digits and underscores, at most 50.</param>
    /// <param name="characterSet">Its default character set; Khanza's is latin1.</param>
    public async Task<MariaDbDatabase> CreateDatabase(string name, string characterSet = "latin1", CancellationToken ct = default)
    {
        if (!PlainName().IsMatch(name) || !PlainName().IsMatch(characterSet))
            throw new ArgumentException($"'{name}' ({characterSet}) is not a plain name.", nameof(name));
        string writerPassword = MariaDbSettings.NewPassword(), readerPassword = MariaDbSettings.NewPassword();
        string pattern = name.Replace("_", "\\_", StringComparison.Ordinal);
        await RunAsRoot($"""
            create or replace database `{name}` character set {characterSet};
            create or replace user '{name}_rw'@'%' identified by '{writerPassword}';
            create or replace user '{name}_ro'@'%' identified by '{readerPassword}';
            grant all on `{pattern}`.* to '{name}_rw'@'%';
            grant select on `{pattern}`.* to '{name}_ro'@'%';
            """, ct);
        MariaDbConnectionOptions options = new() { Host = Host, Port = Port, Database = name };
        return new MariaDbDatabase(name,
            options with { User = $"{name}_rw", Password = writerPassword, AllowMultipleStatements = true },
            options with { User = $"{name}_ro", Password = readerPassword });
    }

    /// <summary>Removes a database and its accounts.</summary>
    public Task DropDatabase(string name, CancellationToken ct = default) => PlainName().IsMatch(name)
        ? RunAsRoot($"drop database if exists `{name}`; drop user if exists '{name}_rw'@'%', '{name}_ro'@'%'", ct)
        : throw new ArgumentException($"'{name}' is not a plain name.", nameof(name));

    /// <summary>Runs a script as the administrator.</summary>
    public async Task RunAsRoot(string script, CancellationToken ct = default)
    {
        await using var source = new MariaDbDataSource(Root);
        await using MariaDbConnection connection = await source.OpenConnectionAsync(ct);
        await using MariaDbCommand command = connection.CreateCommand();
        command.CommandText = script;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static MariaDbConnectionOptions RootOf(MariaDbPlace place, MariaDbSettings settings) =>
        new() { Socket = place.Socket, User = "root", Password = settings.RootPassword, AllowMultipleStatements = true };

    /// <summary>Whether it answers a query before it ends; false when the process is gone.</summary>
    private static async Task<bool> Answers(MariaDbPlace place, MariaDbSettings settings, TimeSpan limit, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        bool seen = false;
        while (await Refusal(place, settings, ct) is { } refusal)
        {
            bool alive = MariaDbProcess.Find(place) is not null;
            if ((seen || waited.Elapsed > TimeSpan.FromSeconds(5)) && !alive)
                return false;
            seen |= alive;
            if (waited.Elapsed > limit)
                throw new MariaDbUnavailableException($"The MariaDB in {place.Directory} does not answer: {refusal}{place.LogTail()}");
            await Task.Delay(25, ct);
        }
        return true;
    }

    private static async Task<string?> Refusal(MariaDbPlace place, MariaDbSettings settings, CancellationToken ct)
    {
        try
        {
            await using var source = new MariaDbDataSource(RootOf(place, settings));
            await using var command = source.CreateCommand(AskWhoAnswers);
            var answering = Convert.ToString(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
            return answering?.TrimEnd('/') == place.Data ? null : $"another server ({answering}) answers on {place.Socket}.";
        }
        catch (MariaDbException e)
        {
            return e.Message;
        }
    }

    private static async Task WaitForEnd(MariaDbPlace place, int pid, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (MariaDbProcess.IsAlive(place, pid))
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(60))
                throw new MariaDbUnavailableException($"The MariaDB in {place.Directory} (process {pid}) does not stop.");
            await Task.Delay(25, ct);
        }
    }

    [GeneratedRegex("^[a-z0-9_]{1,50}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainName();
}
