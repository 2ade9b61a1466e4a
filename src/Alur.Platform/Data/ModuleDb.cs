using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Alur.Platform.Results;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>
/// What a module loads, decides on and saves. Names are snake_case in the module's own schema. One <see cref="Save"/> commits the changed rows, the entries of
/// the journal and the deliveries, or nothing of them.
/// </summary>
public abstract class ModuleDb : DbContext
{
    private readonly AppendEntries _journal;
    private readonly DeliveryQueue _deliveries;
    private readonly List<StreamAppend> _recorded = [];
    private readonly List<(string Channel, NewDelivery Delivery)> _owed = [];

    /// <summary>For a module's own context.</summary>
    protected ModuleDb(DbContextOptions options, AppendEntries journal, DeliveryQueue deliveries)
        : base(options) => (_journal, _deliveries) = (journal, deliveries);

    /// <summary>The module's schema.</summary>
    protected abstract string Schema { get; }

    /// <summary>Appends with the next <see cref="Save"/>. Several for one stream follow each other; the first expected version counts.</summary>
    public void Record(StreamAppend append) => _recorded.Add(append);

    /// <summary>Enqueues with the next <see cref="Save"/>.</summary>
    public void Deliver(string channel, NewDelivery delivery) => _owed.Add((channel, delivery));

    /// <summary>
    /// Saves everything in one transaction: the caller's if it has begun one, which it then commits and wakes the channels after. What is refused has left nothing
    /// behind, and the context is of no more use.
    /// </summary>
    /// <returns>
    /// How many rows were written, or <see cref="VersionConflict"/> and the other refusals of an append, <c>CHANGED_MEANWHILE</c> for a row whose concurrency token
    /// is not the loaded one, or what <see cref="RefusalOf"/> makes of a violated constraint.
    /// </returns>
    public async Task<Result<int>> Save(CancellationToken ct = default)
    {
        try
        {
            return await SaveChangesAsync(ct);
        }
        catch (RefusedSaveException refused)
        {
            return refused.Error;
        }
        catch (DbUpdateConcurrencyException)
        {
            return new ChangedMeanwhile();
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: ['2', '3', ..], ConstraintName: { } name } && RefusalOf(name) is { } refusal)
        {
            return refusal;
        }
    }

    /// <inheritdoc />
    /// <exception cref="RefusedSaveException">The journal refused; <see cref="Save"/> makes a value of it.</exception>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        // A refused save ends its transaction; a savepoint would be two more round trips for a way back that nobody takes.
        Database.AutoSavepointsEnabled = false;
        if (_recorded.Count == 0 && _owed.Count == 0) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (Database.CurrentTransaction is { } callers) return await Write(callers, acceptAllChangesOnSuccess, cancellationToken);
        var channels = _owed.Select(o => o.Channel).Distinct(StringComparer.Ordinal).ToList();
        int rows;
        await using (var own = await Database.BeginTransactionAsync(cancellationToken))
        {
            // Accepted only once it is committed: until then the rows are not what the context would take them for.
            rows = await Write(own, accept: false, cancellationToken);
            await own.CommitAsync(cancellationToken);
        }

        if (acceptAllChangesOnSuccess) ChangeTracker.AcceptAllChanges();
        channels.ForEach(_deliveries.Wake);
        return rows;
    }

    /// <summary>Not offered: everything here waits for a database.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Use Save.");

    /// <summary>What a violated constraint means to whoever asked; null: it is a fault of ours, and throws.</summary>
    /// <param name="constraint">Its name in the database.</param>
    protected virtual Error? RefusalOf(string constraint) => null;

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        SnakeCase.Apply(modelBuilder.Model);
    }

    // Rows first, then lanes, then streams: whoever locks several of them does it in this order.
    private async Task<int> Write(IDbContextTransaction transaction, bool accept, CancellationToken ct)
    {
        var tx = (NpgsqlTransaction)transaction.GetDbTransaction();
        var rows = await base.SaveChangesAsync(accept, ct);
        foreach (var owed in _owed.GroupBy(o => o.Channel, o => o.Delivery, StringComparer.Ordinal).OrderBy(o => o.Key, StringComparer.Ordinal))
            await _deliveries.Enqueue(tx, owed.Key, [.. owed], ct);
        if (_recorded.Count > 0 && (await _journal.Run(tx, Streams(), ct: ct)).Error is { } refusal) throw new RefusedSaveException(refusal);
        _recorded.Clear();
        _owed.Clear();
        return rows;
    }

    private List<StreamAppend> Streams() =>
    [
        .. _recorded.GroupBy(r => r.Stream).Select(same => new StreamAppend(same.Key, [.. same.SelectMany(r => r.Entries)])
        {
            ExpectedVersion = same.First().ExpectedVersion,
            SubjectId = same.Select(r => r.SubjectId).FirstOrDefault(subject => subject is not null),
        }),
    ];
}

/// <summary>Nothing was saved, because the journal refused its part.</summary>
public sealed class RefusedSaveException(Error error) : Exception(error.Message)
{
    /// <summary>Why.</summary>
    public Error Error => error;
}

/// <summary>A row is not any more what was loaded.</summary>
internal sealed record ChangedMeanwhile() : Conflict("CHANGED_MEANWHILE", "Somebody else has changed this meanwhile. Read it again and decide again.");
