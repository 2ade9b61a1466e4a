using System.Globalization;
using System.Text;
using Npgsql;

namespace Alur.Platform.Postgres;

/// <summary>What a private cluster consists of: initdb, settings, roles, database.</summary>
internal static class InitialiseCluster
{
    private const string MakeDatabase = "create database alur owner alur_owner";
    private const string CloseDatabase = "revoke all on database alur from public";
    private const string LetServerIn = "grant connect, temporary on database alur to alur_app";

    private const string FindMissing = """
        select array(select r from unnest(array['alur_owner', 'alur_app']) r where r not in (select rolname from pg_roles)),
               not exists (select from pg_database where datname = 'alur')
        """;

    /// <summary>Runs initdb beside the final place and moves the result there, so that a half-made cluster is never used.</summary>
    public static async Task Run(ClusterOptions options, ClusterPlace place, PostgresBinaries binaries, ClusterSecrets secrets, CancellationToken ct)
    {
        var unfinished = place.Data + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        var passwordFile = Path.Combine(place.Directory, "initdb.password");
        try
        {
            await ServerUser.OwnDirectory(unfinished, ct);
            ClusterSecrets.WritePrivate(passwordFile, secrets.Admin);
            await ServerUser.Own(passwordFile, ct);
            string[] arguments = [
                "-D", unfinished, "--username=postgres", $"--pwfile={passwordFile}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions", .. options.Durable ? Array.Empty<string>() : ["--no-sync"]];
            var (exitCode, output) = await ServerUser.Run(binaries.Program("initdb"), arguments, TimeSpan.FromSeconds(60), ct);
            if (exitCode != 0)
            {
                throw new PostgresUnavailableException("INITDB_FAILED", $"Cannot make a database cluster in {place.Directory}: {output}");
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(unfinished, place.Data);
    }

    /// <summary>The whole configuration is ours and written anew before every start.</summary>
    public static async Task WriteSettings(ClusterOptions options, ClusterPlace place, CancellationToken ct)
    {
        var file = Path.Combine(place.Data, "postgresql.conf");
        var sharedMemory = await ServerUser.CanWrite("/dev/shm", ct) ? "posix" : "mmap"; // small containers may lack the former
        var settings = string.Create(CultureInfo.InvariantCulture, $"""
            # Written by Alur before every start; changes here are lost.
            cluster_name = '{place.ClusterName}'
            listen_addresses = ''
            port = 5432
            unix_socket_directories = '{place.SocketDirectory}'
            max_connections = {options.MaxConnections}
            max_prepared_transactions = {options.MaxPreparedTransactions}
            shared_buffers = 128MB
            dynamic_shared_memory_type = {sharedMemory}
            max_wal_size = 1GB
            checkpoint_completion_target = 0.9
            random_page_cost = 1.1
            jit = off
            fsync = {OnOff(options.Durable)}
            synchronous_commit = {OnOff(options.Durable)}
            full_page_writes = {OnOff(options.Durable)}
            timezone = 'UTC'
            log_timezone = 'UTC'
            password_encryption = 'scram-sha-256'
            logging_collector = on
            log_directory = '{Quoted(place.Log)}'
            log_filename = 'postgres-%a.log'
            log_truncate_on_rotation = on
            log_rotation_age = 1d
            log_line_prefix = '%m [%p] '
            log_min_messages = warning
            # Statements and the DETAIL of errors carry rows, and rows carry patients.
            log_min_error_statement = panic
            log_error_verbosity = terse

            """);
        await File.WriteAllTextAsync(file, settings, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), ct);
        await ServerUser.Own(file, ct);
    }

    /// <summary>Makes the two roles and the database unless they are there; safe to repeat after an interruption anywhere.</summary>
    public static async Task MakeRoles(string adminConnectionString, ClusterSecrets secrets, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(adminConnectionString);
        await connection.OpenAsync(ct);
        var (roles, database) = await Missing(connection, ct);
        foreach (var role in roles)
        {
            var password = role == "alur_owner" ? secrets.Owner : secrets.App;
            await Execute(connection, $"create role {role} login nosuperuser nobypassrls nocreatedb nocreaterole password '{password}'", ct);
        }

        if (database)
        {
            await Execute(connection, MakeDatabase, ct);
            await Execute(connection, CloseDatabase, ct);
            await Execute(connection, LetServerIn, ct);
        }
    }

    private static async Task<(string[] Roles, bool Database)> Missing(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(FindMissing, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetFieldValue<string[]>(0), reader.GetBoolean(1));
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string OnOff(bool value) => value ? "on" : "off";

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
