using Alur.Platform;
using Alur.Platform.Data;

namespace Alur.Host;

/// <summary>The modules that are part of this program.</summary>
internal static class AlurModules
{
    /// <summary>Every module's migrations.</summary>
    public static IReadOnlyList<ModuleMigrations> Migrations { get; } =
    [
        PlatformModule.Migrations,
        new("Antrean", typeof(Antrean.AntreanModule).Assembly),
    ];
}
