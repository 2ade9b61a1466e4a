using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Alur.Platform.Results;
using Microsoft.EntityFrameworkCore;

namespace Alur.Platform.Tests.Data;

internal sealed class Bed
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public int RoomNumber { get; init; }

    public string? KeptFor { get; set; }

    public int Version { get; set; } = 1;

    public StreamId Stream => StreamId.Of("bed", Id.ToString("N"));
}

internal sealed class WardDb(DbContextOptions<WardDb> options, AppendEntries journal, DeliveryQueue deliveries) : ModuleDb(options, journal, deliveries)
{
    public DbSet<Bed> Beds => Set<Bed>();

    protected override string Schema => "ward";

    protected override Error? RefusalOf(string constraint) => constraint == "one_bed_per_room" ? new Conflict("ROOM_TAKEN", "The room has a bed.") : null;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Bed>(bed =>
        {
            bed.Ignore(b => b.Stream);
            bed.Property(b => b.Version).IsConcurrencyToken();
        });
        base.OnModelCreating(modelBuilder);
    }
}
