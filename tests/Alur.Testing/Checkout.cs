namespace Alur.Testing;

/// <summary>The checkout that these tests were built from.</summary>
public static class Checkout
{
    /// <summary>Its root directory.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Alur.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"No Alur.slnx above {AppContext.BaseDirectory}.");
    }
}
