using System.Reflection;

namespace Alur.Platform.Data;

/// <summary>
/// Where a module keeps its migrations: SQL pairs <c>NNNN_name.up.sql</c> / <c>NNNN_name.down.sql</c> embedded in its assembly under Migrations/.
/// Registered as a singleton by each module; Platform goes first, then modules by name.
/// </summary>
public sealed record ModuleMigrations(string Module, Assembly Assembly);
