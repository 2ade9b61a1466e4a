using Npgsql;

namespace Alur.Platform.Doctor;

/// <summary>What is asked of one round of checks, and what it may rely on.</summary>
/// <param name="Subject">Only this one, such as a hospital's code; null: all.</param>
/// <param name="Database">Our PostgreSQL as the server's role, with its schema; null when it does not answer or lacks it.</param>
public sealed record DoctorRound(string? Subject, NpgsqlDataSource? Database);

/// <summary>
/// Looks at one thing and says what it found. Reads only, starts nothing, and does not wait long. What it looks at may be broken in any
/// way: that is a finding, not an exception.
/// </summary>
public interface IDoctorCheck
{
    /// <summary>What it looks at, as part of a list, if it can only while our PostgreSQL answers; else it is left out and named. Null: it always can.</summary>
    Words? OnlyWithDatabase { get; }

    /// <summary>It asks machines that are not ours, which takes a while and costs them something: done when somebody wants it, never because a page is open.</summary>
    bool AsksOthers => false;

    /// <summary>Looks once.</summary>
    Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct);
}
