using System.Data.Common;
using System.Globalization;
using Alur.MariaDb;

namespace Alur.Simulators.Khanza;

/// <summary>
/// Plays a planned day into a real Khanza database at the hospital's clock: each tick writes every step that is due in one
/// transaction, notes it in the ledger after the commit, and lets the desktop tell BPJS of on-site bookings.
/// </summary>
public sealed class PlayDay(HospitalDay day, HospitalClock clock, DbDataSource database, KhanzaLedger ledger, DesktopOptions? desktop) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan DatabaseComesBack = TimeSpan.FromMinutes(1);

    // The clerk waits one hospital minute and tries again, for as long as the hospital is open and half an hour longer.
    private static readonly TimeSpan ClerkWaits = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly SemaphoreSlim _lines = new(4);
    private int _steps;
    private int _waiting;

    /// <summary>How far the day is.</summary>
    public DayProgress Progress(string? error) =>
        new(clock.Now, ledger.Visits, day.Visits.Count, _steps, day.Steps.Count, _waiting, Ended, error);

    /// <summary>True when every step is written and the desktop waits for no answer.</summary>
    public bool Ended { get; private set; }

    /// <summary>Writes masters and bookings, then the day; returns when the last step is written and settled.</summary>
    /// <exception cref="DbException">The database refused a write or went away.</exception>
    public async Task Run(CancellationToken ct)
    {
        await Open(ct);
        var registrations = new List<Task>();
        while (_steps < day.Steps.Count)
        {
            var now = clock.Now.DateTime;
            var due = day.Steps.Skip(_steps).TakeWhile(s => s.At <= now).ToList();
            if (due.Count == 0 || DateTimeOffset.UtcNow < clock.Anchor)
            {
                await Task.Delay(Tick, ct);
                continue;
            }

            await Write(due, masters: false, ct);
            registrations.AddRange(due.Where(TellsBpjs).Select(s => TellBpjs(s.Visit, ct)));
        }

        await Task.WhenAll(registrations);
        Ended = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _lines.Dispose();
    }

    // What was there before the doors opened.
    private async Task Open(CancellationToken ct)
    {
        var filed = desktop is null ? Task.CompletedTask : new Desktop(_http, desktop).FileHfis(day, ct);
        var before = day.Steps.TakeWhile(s => s.Kind == StepKind.Book).ToList();
        await Write(before, masters: true, ct);
        await filed;
    }

    // A database that goes away is waited for. Whether the last commit went through is asked of the database itself.
    private async Task Write(List<DayStep> steps, bool masters, CancellationToken ct)
    {
        var giveUp = DateTimeOffset.UtcNow + DatabaseComesBack;
        var tried = new List<DateTimeOffset>();
        while (true)
        {
            try
            {
                await WriteOnce(steps, masters, tried, ct);
                break;
            }
            catch (MariaDbException e) when (e.IsConnectionLost && DateTimeOffset.UtcNow < giveUp)
            {
                await Task.Delay(Tick * 4, ct);
            }
        }

        foreach (var step in steps)
            ledger.Committed(step, tried[^1]);
        _steps += steps.Count;
    }

    private async Task WriteOnce(List<DayStep> steps, bool masters, List<DateTimeOffset> tried, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (tried.Count > 0 && await IsDone(transaction, _steps + steps.Count, ct))
            return;
        if (masters)
            await WriteMasters.Run(transaction, day, ct);
        foreach (var step in steps)
            await WriteStep.Run(transaction, step, ct);
        await Note(transaction, _steps + steps.Count, ct);
        tried.Add(DateTimeOffset.UtcNow);
        await transaction.CommitAsync(ct);
    }

    private static async Task<bool> IsDone(DbTransaction transaction, int steps, CancellationToken ct)
    {
        await using var command = Command(transaction, "select count(*) from simulator_progress where steps = @steps", steps);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture) > 0;
    }

    private static async Task Note(DbTransaction transaction, int steps, CancellationToken ct)
    {
        await using var command = Command(transaction, "insert into simulator_progress (steps) values (@steps)", steps);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static DbCommand Command(DbTransaction transaction, string sql, int steps)
    {
        var command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@steps", steps);
        command.Parameters.Add(parameter);
        return command;
    }

    // The desktop adds a booking only where both clinic and doctor are mapped; the emergency unit has no queue.
    private bool TellsBpjs(DayStep step) =>
        desktop is not null && step.Kind == StepKind.MakeSep && step.Visit.Kind == VisitKind.OnSiteJkn
        && SendingRules.ObstacleOf(step.Visit, day.Request.Day) is null;

    private async Task TellBpjs(PlannedVisit visit, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        var desk = new Desktop(_http, desktop!);
        var giveUp = clock.RealEnd + TimeSpan.FromSeconds(40); // a machine that is busy with other things has to manage it too
        while (!ledger.IsOver(visit) && !await Add(desk, visit, ct) && DateTimeOffset.UtcNow < giveUp)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(50, ClerkWaits.TotalMilliseconds / clock.Factor)), ct);
        Interlocked.Decrement(ref _waiting);
    }

    private async Task<bool> Add(Desktop desk, PlannedVisit visit, CancellationToken ct)
    {
        await _lines.WaitAsync(ct);
        try
        {
            var told = await desk.AddBooking(visit, ct);
            if (told)
                ledger.ToldByDesktop(visit, DateTimeOffset.UtcNow);
            return told;
        }
        finally
        {
            _lines.Release();
        }
    }
}
