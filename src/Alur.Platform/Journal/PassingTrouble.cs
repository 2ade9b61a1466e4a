using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>What the database says of itself rather than of the work: it is away or busy, or somebody was in the way. It is tried again and stops nothing.</summary>
internal static class PassingTrouble
{
    public static bool Is(Exception e) => e is OperationCanceledException or TimeoutException
        || e is PostgresException { SqlState: ['0', '8', ..] or ['2', '5', 'P', ..] or ['4', '0', ..] or ['5', '3', ..] or ['5', '5', ..] or ['5', '7', ..] }
        || e is NpgsqlException and not PostgresException;
}
