using System.Net;
using System.Net.Sockets;

namespace Alur.Platform.Webhooks;

/// <summary>Which addresses a receiver may have. What is not listed as allowed is refused.</summary>
internal enum AddressKind
{
    /// <summary>Never called: it is no host, is another host in disguise, or gives out the secrets of a cloud's machine.</summary>
    Refused,

    /// <summary>This machine, or a network of the house.</summary>
    Private,

    /// <summary>The internet.</summary>
    Public,
}

/// <summary>Sorts addresses by the registries of special-purpose addresses (RFC 6890 and its successors).</summary>
internal static class ReceiverAddress
{
    private static readonly IPNetwork[] Private4 = [.. Networks("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")];

    // "This network", shared by carriers (a cloud's metadata lies there too), link-local (likewise), protocol assignments, documentation, the way to 6to4,
    // benchmarks, multicast, reserved and broadcast, and one cloud's own address of its machines' host.
    private static readonly IPNetwork[] Refused4 =
    [
        .. Networks(
            "0.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    ];

    private static readonly IPNetwork[] Private6 = [.. Networks("::1/128", "fc00::/7")];

    // Of what is handed out as unicast: protocol assignments with Teredo and ORCHID, documentation, 6to4. In the house's own range: the metadata of two clouds.
    private static readonly IPNetwork[] Refused6 = [.. Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fd00:ec2::/32", "fd20:ce::/32")];

    // Nothing else is handed out: link-local, multicast, NAT64, what embeds an address of version 4 are all outside.
    private static readonly IPNetwork Unicast6 = IPNetwork.Parse("2000::/3");

    /// <summary>What sort of address it is.</summary>
    public static AddressKind Sort(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return Any(Refused4, address) ? AddressKind.Refused : Any(Private4, address) ? AddressKind.Private : AddressKind.Public;
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0 || Any(Refused6, address)) return AddressKind.Refused;
        return Any(Private6, address) ? AddressKind.Private : Unicast6.Contains(address) ? AddressKind.Public : AddressKind.Refused;
    }

    private static bool Any(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IEnumerable<IPNetwork> Networks(params string[] texts) => texts.Select(text => IPNetwork.Parse(text));
}
