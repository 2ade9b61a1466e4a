using System.Diagnostics;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>Counts the round trips that execute SQL on one database; beginning and committing are not counted.</summary>
public sealed class StatementCount : IDisposable
{
    private readonly ActivityListener _listener;
    private int _count;

    public StatementCount(NpgsqlDataSource db)
    {
        var database = new NpgsqlConnectionStringBuilder(db.ConnectionString).Database;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => Equals(tag.Value, database)) && activity.TagObjects.Any(tag => tag.Key is "db.statement" or "db.query.text"))
                    Interlocked.Increment(ref _count);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Executed => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
