using System.Net;
using System.Net.Sockets;

namespace Alur.Host.Startup;

/// <summary>
/// Tries the addresses of <c>urls</c> before anything else starts, so that a mistyped or taken one is told in one line. What is
/// configured as <c>Kestrel:Endpoints</c> is left to the web server.
/// </summary>
internal static class ListenAddresses
{
    public const string WhatToDo = "Stop the other program, or choose another address: --set urls=http://127.0.0.1:5081";

    /// <summary>Returns when all of them can be had.</summary>
    /// <exception cref="Refusal">An address cannot be understood, or is taken.</exception>
    public static void Check(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            return;
        }

        foreach (var url in (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Try(url, Parse(url));
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort)
            {
                return address;
            }
        }
        catch (FormatException)
        {
            // Told like a port that cannot be.
        }

        throw Refusal.Configuration([$"urls must be addresses such as {HostSettings.DefaultUrl}, but is '{url}'"]);
    }

    private static void Try(string url, BindingAddress address)
    {
        if (address.IsUnixPipe || address.Port == 0)
        {
            return;
        }

        var ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given
            : string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new Refusal(CommandLine.Failed, "ADDRESS_IN_USE", [$"{url} is in use already. {WhatToDo}"]);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AccessDenied)
        {
            throw Refusal.Configuration([$"urls: {url} cannot be used here: {e.Message}"]);
        }
    }
}
