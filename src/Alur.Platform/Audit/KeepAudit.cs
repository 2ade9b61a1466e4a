using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Audit;

/// <summary>The upkeep of the audit: partitions ahead of time, and forgetting by class what is past its years.</summary>
internal sealed partial class KeepAudit(NpgsqlDataSource db, AuditOptions options, ILogger<KeepAudit> log)
{
    private const string Ensure = "select audit.ensure_partitions()";
    private const string Forget = "select months, entries from audit.forget($1, $2)";

    /// <summary>Runs once; repeatable.</summary>
    public async Task<ForgottenAudit> RunOnce(CancellationToken ct)
    {
        await using (var ensure = db.CreateCommand(Ensure)) await ensure.ExecuteNonQueryAsync(ct);
        await using var forget = db.CreateCommand(Forget);
        forget.Parameters.Add(Years(options.GeneralYears));
        forget.Parameters.Add(Years(options.MedicalYears));
        await using var reader = await forget.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var forgotten = new ForgottenAudit(reader.GetInt32(0), reader.GetInt64(1));
        if (forgotten.Entries > 0 || forgotten.Months > 0) LogForgotten(forgotten.Entries, forgotten.Months);
        return forgotten;
    }

    // Not as so many days: the database's floor is in calendar years.
    private static NpgsqlParameter Years(int years) => new() { Value = new NpgsqlInterval(years * 12, 0, 0), NpgsqlDbType = NpgsqlDbType.Interval };

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit: forgot entries past their years: {Entries}, whole months: {Months}")]
    private partial void LogForgotten(long entries, int months);
}

/// <summary>What one run of the upkeep took away.</summary>
/// <param name="Months">Months that went whole.</param>
/// <param name="Entries">Entries in all.</param>
internal sealed record ForgottenAudit(int Months, long Entries);
