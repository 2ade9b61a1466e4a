using System.Net;
using System.Net.Sockets;
using Alur.Platform.Results;

namespace Alur.Platform.Webhooks;

/// <summary>
/// Which receivers are called. Whoever may enter an address must not be able to use this server to reach what only this server can reach; so the rules hold when it is
/// entered and at every call, and the call goes to the very address that was looked at.
/// </summary>
internal sealed class ReceiverRules(WebhooksOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private const int LongestUrl = 2000;
    private const int FirstFreePort = 1024;
    private static readonly TimeSpan ResolveWithin = TimeSpan.FromSeconds(5);

    /// <summary>How long one address may take to be connected to: enough for a lost packet, and for the next address to be called within the time of a call.</summary>
    public TimeSpan ForEach { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The rules with the system's own resolver.</summary>
    public ReceiverRules(WebhooksOptions options)
        : this(options, (name, ct) => Dns.GetHostAddressesAsync(name, ct))
    {
    }

    /// <summary>The address as it is kept and called. Refused: <c>WEBHOOK_URL_INVALID</c>, <c>WEBHOOK_ADDRESS_REFUSED</c>, <c>WEBHOOK_HOST_UNKNOWN</c>.</summary>
    public async Task<Result<Uri>> Check(string text, CancellationToken ct)
    {
        var url = Parse(text);
        if (!url.Ok) return url;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(ct);
        within.CancelAfter(ResolveWithin);
        try
        {
            await Addresses(url.Value, within.Token);
            return url;
        }
        catch (AddressRefusedException e)
        {
            return new WebhookAddressRefused(e.Message);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new WebhookHostUnknown(url.Value.IdnHost);
        }
    }

    /// <summary>
    /// Opens the connection of a call: to one of the addresses that were just looked at, and to no other. IPv6 and IPv4 take turns and none gets all of the time, because one
    /// of the two may lead nowhere without anybody saying so.
    /// </summary>
    /// <exception cref="AddressRefusedException">The name leads somewhere where no receiver may be.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var url = context.InitialRequestMessage.RequestUri!;
        var addresses = InTurns(await Addresses(url, ct));
        for (var i = 0; ; i++)
        {
            try
            {
                return await Connect(addresses[i], url.Port, ct);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next one.
            }
        }
    }

    /// <summary>Opens it to this address.</summary>
    /// <exception cref="SocketException">Nobody there, or nobody who answers in time.</exception>
    private async Task<Stream> Connect(IPAddress address, int port, CancellationToken ct)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(ct);
        within.CancelAfter(ForEach);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), within.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested) throw new SocketException((int)SocketError.TimedOut);
            throw;
        }
    }

    /// <summary>The first of each family, then the second of each, as the resolver orders them.</summary>
    internal static IPAddress[] InTurns(IPAddress[] addresses) =>
        [.. addresses.GroupBy(address => address.AddressFamily).SelectMany(family => family.Select((address, turn) => (address, turn))).OrderBy(a => a.turn).Select(a => a.address)];

    /// <summary>What can be said of an address without looking its name up.</summary>
    private Result<Uri> Parse(string text)
    {
        if (text.Length > LongestUrl || !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) || url.IdnHost.Length == 0) return new WebhookUrlInvalid();
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && options.AllowPrivateAddresses)) return new WebhookUrlInvalid();
        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0) return new WebhookUrlInvalid();
        if (url.AbsoluteUri.Length > LongestUrl) return new WebhookUrlInvalid(); // as it is kept: letters beyond ASCII become six
        return url.Port is 443 or >= FirstFreePort || (url.Port == 80 && url.Scheme == Uri.UriSchemeHttp) ? url : new WebhookUrlInvalid();
    }

    /// <summary>All addresses of the name, each of which may be called.</summary>
    private async Task<IPAddress[]> Addresses(Uri url, CancellationToken ct)
    {
        var host = url.IdnHost.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, ct);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        // One bad address spoils the name: whoever mixes them waits for the moment in which the bad one is taken.
        foreach (var address in addresses)
        {
            var kind = ReceiverAddress.Sort(address);
            if (kind == AddressKind.Refused) throw new AddressRefusedException("The receiver's name leads to an address at which no receiver may be.");
            if (kind == AddressKind.Private && !options.AllowPrivateAddresses)
                throw new AddressRefusedException("The receiver's name leads into a network of the house, or to this machine. Webhooks:AllowPrivateAddresses would allow it.");
            if (kind == AddressKind.Public && url.Scheme == Uri.UriSchemeHttp)
                throw new AddressRefusedException("Only receivers of the house are called by plain HTTP; this one is outside and needs https.");
        }

        return addresses;
    }
}

/// <summary>A receiver's address may not be called.</summary>
internal sealed class AddressRefusedException(string message) : Exception(message);
