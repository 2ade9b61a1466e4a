using Alur.Platform.Doctor;

namespace Alur.Platform.Data;

/// <summary>What is said of a database that other scripts made than this program has: the same by whoever refuses it and by the doctor.</summary>
internal static class EditedMigrations
{
    public static readonly Words Do = new(
        "Jalankan versi yang membuatnya, atau rilis yang lebih baru; datanya tidak berubah. Siapa yang mengubah skrip mengembalikannya dan menambah migrasi baru.",
        "Run the version that made it, or a later released one; the data is untouched. Whoever changed the scripts puts them back and adds a new migration instead.");

    public static Words Found(string ids) => new(
        $"Migrasi program ini bukan yang membuat database ini: {ids}.",
        $"This program's migrations are not the ones that made this database: {ids}.");
}
