using System.Data.Common;
using System.Net.Sockets;
using Alur.Platform.Alerts;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Alur.Platform.Texts;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Doctor;

/// <summary>Looks at the database first, then at everything else that can be looked at without it or, if it answers, with it.</summary>
public static class RunDoctor
{
    /// <summary>One round over every registered check.</summary>
    /// <param name="services">Where the checks and the modules' migrations are.</param>
    /// <param name="place">What is known of the database before anybody asked it.</param>
    /// <param name="subject">Only this one, such as a hospital's code; null: all.</param>
    /// <param name="ct">Ends the round.</param>
    /// <param name="which">Only these checks; null: all.</param>
    /// <param name="longest">What is not done by then is left out and named; null: as long as it takes.</param>
    public static async Task<IReadOnlyList<Finding>> Run(
        IServiceProvider services, DatabasePlace place, string? subject, CancellationToken ct, Func<IDoctorCheck, bool>? which = null, TimeSpan? longest = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(longest ?? Timeout.InfiniteTimeSpan);
        var findings = new List<Finding>();
        if (place.Directory is { } directory)
        {
            findings.Add(CheckDisk.Of(directory, services.GetService<AlertsOptions>() ?? new AlertsOptions()));
            if (CheckUpgrade.Of(directory) is { } newer)
                findings.Add(newer);
        }
        await using var db = place.ConnectionString is null ? null : PlatformModule.RuntimeDataSource(place.ConnectionString);
        var usable = false;
        if (db is not null)
        {
            var asked = await InTime(CheckDatabase.Run(db, place.ConnectionString!, [.. services.GetServices<ModuleMigrations>()], limit.Token), limit.Token, ct);
            usable = asked.Usable;
            findings.AddRange(asked.Findings ?? [NotInTime([new("PostgreSQL", "PostgreSQL")])]);
        }
        else
        {
            var why = place.Refusal ?? new Words("PostgreSQL milik instalasi ini tidak berjalan.", "This installation's PostgreSQL does not run.");
            findings.Add(Finding.Wrong(CheckDatabase.Code, why, CheckDatabase.StartIt));
        }
        List<IDoctorCheck> checks = [.. services.GetServices<IDoctorCheck>().Where(check => which?.Invoke(check) ?? true)];
        var late = new List<Words>();
        foreach (var check in checks.Where(c => usable || c.OnlyWithDatabase is null))
        {
            if (await InTime(One(check, new DoctorRound(subject, usable ? db : null), limit.Token), limit.Token, ct) is { } found)
                findings.AddRange(found);
            else
                late.Add(check.OnlyWithDatabase ?? new(check.GetType().Name, check.GetType().Name));
        }
        if (late.Count > 0)
            findings.Add(NotInTime(late));
        if (!usable && checks.Exists(c => c.OnlyWithDatabase is not null))
            findings.Add(LeftOut([.. checks.Select(c => c.OnlyWithDatabase).OfType<Words>()]));
        findings.RemoveAll(f => f.Follows is not null && findings.Exists(other => other.Check == f.Follows && other.Subject == f.Subject && other.Level != FindingLevel.Ok));
        return findings;
    }

    // A check that does not listen to the limit is left behind.
    private static async Task<T?> InTime<T>(Task<T> look, CancellationToken limit, CancellationToken ct)
    {
        try
        {
            return await look.WaitAsync(limit);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return default;
        }
    }

    private static Finding NotInTime(List<Words> names) => Finding.Warning("doctor.late",
        new($"Tidak selesai dilihat pada waktunya: {string.Join("; ", names.Select(n => n.Indonesian))}.", $"Not looked at in time: {string.Join("; ", names.Select(n => n.English))}."),
        new("Server sedang sibuk atau basis data lambat; ./alur doctor menunggu lebih lama.", "The server is busy or its database slow; ./alur doctor waits longer."));

    // What to do about it stands with the database already.
    private static Finding LeftOut(List<Words> names) => new("doctor.left-out", FindingLevel.Warning, new(
        $"Tidak dilihat karena PostgreSQL tidak berjalan atau belum siap: {string.Join("; ", names.Select(n => n.Indonesian))}.",
        $"Not looked at because PostgreSQL does not run or is not ready: {string.Join("; ", names.Select(n => n.English))}."));

    /// <summary>One check; what breaks it off is a finding too.</summary>
    public static async Task<IReadOnlyList<Finding>> One(IDoctorCheck check, DoctorRound round, CancellationToken ct)
    {
        try
        {
            return await check.Run(round, ct);
        }
        catch (Exception e) when (e is DbException or IOException or SocketException or TimeoutException or PostgresUnavailableException)
        {
            var (name, why) = (check.GetType().Name, OutsideText.Clean(e.Message));
            return
            [
                Finding.Wrong("doctor." + name, new($"Pemeriksaan {name} terputus: {why}", $"The check {name} broke off: {why}"),
                    new("Perbaiki yang disebut, lalu jalankan lagi.", "Mend what it names, then run this again.")),
            ];
        }
    }
}

/// <summary>What is known of our database before it was asked.</summary>
/// <param name="Directory">The private cluster's directory; null: it is another server's, or there is none yet.</param>
/// <param name="ConnectionString">As the runtime's role; null: there is nothing to ask.</param>
/// <param name="Refusal">Why there is nothing to ask, if somebody said so.</param>
public sealed record DatabasePlace(string? Directory, string? ConnectionString, Words? Refusal = null);
