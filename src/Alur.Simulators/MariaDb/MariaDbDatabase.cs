using Alur.MariaDb;

namespace Alur.Simulators.MariaDb;

/// <summary>A database with its two accounts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Writer">Everything inside this database, scripts of several statements included: the hospital's own programs.</param>
/// <param name="Reader">SELECT only: what Alur is given.</param>
public sealed record MariaDbDatabase(string Name, MariaDbConnectionOptions Writer, MariaDbConnectionOptions Reader);
