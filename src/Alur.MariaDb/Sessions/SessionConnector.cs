using System.Diagnostics;
using System.Globalization;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Sessions;

/// <summary>Opens a connection of the library with every option set explicitly.</summary>
internal static unsafe class SessionConnector
{
    private const string SystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
    private const string BeginCertificate = "-----BEGIN CERTIFICATE-----";

    internal static SessionHandle Connect(MariaDbConnectionOptions options)
    {
        ClientLibrary.EnsureStarted();
        nint mysql = LibMariaDb.Init(0);
        if (mysql == 0)
            throw new MariaDbException(ErrorNumber.OutOfMemory, "HY001", "MariaDB Connector/C could not make a connection handle.");
        var handle = new SessionHandle(mysql);
        try
        {
            SetOptions(mysql, options);
            uint flags = ClientFlag.FoundRows | ClientFlag.MultiResults | (options.AllowMultipleStatements ? ClientFlag.MultiStatements : 0);
            string? host = options.Socket is null ? options.Host : null;
            long started = Stopwatch.GetTimestamp();
            if (LibMariaDb.RealConnect(mysql, host, options.User, options.Password, options.Database, (uint)options.Port, options.Socket, flags) == 0)
                throw Failed(ServerError.OfConnecting(mysql), options, Stopwatch.GetElapsedTime(started));
            EndPatienceOfConnecting(mysql, options);
            RequirePromisedTls(mysql, options);
            if (SocketTwin.Of(LibMariaDb.Socket(mysql)) is { } twin)
                handle.AttachSocket(twin);
            return handle;
        }
        catch (MariaDbException failure) when (options.Label is not null)
        {
            handle.Dispose();
            throw failure.Of(options.Label);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void SetOptions(nint mysql, MariaDbConnectionOptions options)
    {
        SetNumber(mysql, Option.Protocol, options.Socket is null ? Protocol.Tcp : Protocol.Socket);
        SetNumber(mysql, Option.ConnectTimeout, WholeSeconds(options.ConnectTimeout));
        BeginPatienceOfConnecting(mysql, options);
        // A server must not be able to ask the client for local files.
        SetNumber(mysql, Option.LocalInfile, 0);
        SetSwitch(mysql, Option.ReportDataTruncation, on: true);
        _ = LibMariaDb.OptionText(mysql, Option.CharsetName, "utf8mb4");
        _ = LibMariaDb.OptionPair(mysql, Option.ConnectAttributeAdd, "program_name", "alur");
        SetTls(mysql, options);
    }

    /// <summary>Without TLS an older library keeps to ConnectTimeout until the login is through; with TLS it waits for as long as
    /// the time-outs for reading and writing say, which it lets us change afterwards. A newer one asks us.</summary>
    private static void BeginPatienceOfConnecting(nint mysql, MariaDbConnectionOptions options)
    {
        if (ClientLibrary.FixesTimeoutsOnConnecting)
            ConnectPatience.Begin(mysql, options.ConnectTimeout);
        bool bounded = options.Tls == MariaDbTls.Verified && !ClientLibrary.FixesTimeoutsOnConnecting;
        SetPatience(mysql, bounded ? options.ConnectTimeout : options.ReadTimeout, bounded ? options.ConnectTimeout : options.WriteTimeout);
    }

    private static void EndPatienceOfConnecting(nint mysql, MariaDbConnectionOptions options)
    {
        if (ClientLibrary.FixesTimeoutsOnConnecting)
            ConnectPatience.End(mysql);
        SetPatience(mysql, options.ReadTimeout, options.WriteTimeout);
    }

    private static void SetPatience(nint mysql, TimeSpan? read, TimeSpan? write)
    {
        SetNumber(mysql, Option.ReadTimeout, read is { } r ? WholeSeconds(r) : 0);
        SetNumber(mysql, Option.WriteTimeout, write is { } w ? WholeSeconds(w) : 0);
    }

    /// <summary>A greeting that stops half-way is a network that swallows, in whichever layer the library notices it.</summary>
    private static MariaDbException Failed(MariaDbException failure, MariaDbConnectionOptions options, TimeSpan after) =>
        failure.Failure == MariaDbFailure.NotTrusted && after >= options.ConnectTimeout
            ? new MariaDbException(ErrorNumber.ConnectionFailed, "08S01", $"The server did not finish its greeting within {options.ConnectTimeout.TotalSeconds:0.#} s: {failure.Message}") { WhileConnecting = true }
            : failure;

    private static void SetTls(nint mysql, MariaDbConnectionOptions options)
    {
        bool verified = options.Tls == MariaDbTls.Verified;
        if (verified)
            // Named even where it is the system's: without one, Connector/C from 3.4 on also trusts a certificate that nobody signed.
            _ = LibMariaDb.OptionText(mysql, Option.TlsCa, Readable(options.TlsCa ?? SystemAuthorities));
        SetSwitch(mysql, Option.TlsEnforce, verified);
        SetSwitch(mysql, Option.TlsVerifyServer, verified);
    }

    /// <summary>The library would take a file that it cannot read for "no authority named".</summary>
    private static string Readable(string authorities)
    {
        try
        {
            return File.ReadLines(authorities).Any(line => line.StartsWith(BeginCertificate, StringComparison.Ordinal))
                ? authorities
                : throw NotTrusted($"The TLS authority file '{authorities}' holds no certificate in PEM form.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotTrusted($"The TLS authority file '{authorities}' cannot be read; name one with TlsCa or install the package ca-certificates. {e.Message}");
        }
    }

    private static void RequirePromisedTls(nint mysql, MariaDbConnectionOptions options)
    {
        if (options.Tls == MariaDbTls.Verified && LibMariaDb.TlsCipher(mysql) is null)
            throw NotTrusted(string.Create(CultureInfo.InvariantCulture,
                $"TLS was required, but the server at {options.Host}:{options.Port} answered in plain text."));
    }

    private static MariaDbException NotTrusted(string message) => new(ErrorNumber.Tls, "HY000", message) { WhileConnecting = true };

    private static uint WholeSeconds(TimeSpan time) => (uint)Math.Max(1, Math.Ceiling(time.TotalSeconds));

    private static void SetNumber(nint mysql, int option, uint value) => _ = LibMariaDb.Options(mysql, option, &value);

    private static void SetSwitch(nint mysql, int option, bool on)
    {
        byte value = on ? (byte)1 : (byte)0;
        _ = LibMariaDb.Options(mysql, option, &value);
    }
}
