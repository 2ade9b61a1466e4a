using System.Diagnostics;

namespace Alur.Platform.Postgres;

/// <summary>A lock held by an open file (flock): the kernel lets go of it when the holder ends, however it ends.</summary>
public sealed class FileLock : IDisposable
{
    private static readonly FileStreamOptions Exclusive = new()
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Null when somebody else still holds it after <paramref name="wait"/>.</summary>
    public static async Task<FileLock?> TryTake(string path, TimeSpan wait, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileLock(new FileStream(path, Exclusive));
            }
            catch (IOException) when (waited.Elapsed < wait)
            {
                await Task.Delay(50, ct);
            }
            catch (IOException)
            {
                return null;
            }
            catch (UnauthorizedAccessException e)
            {
                throw new PostgresUnavailableException("DATA_DIR_NOT_OURS", $"Cannot lock {path}: {e.Message}. The directory was made by another user.", e);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
