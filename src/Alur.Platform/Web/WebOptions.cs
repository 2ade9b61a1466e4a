using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Web;

/// <summary>Section <c>Web</c>: who calls, and how much of it this node takes.</summary>
public sealed class WebOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Web";

    /// <summary>Requests in any minute that this node takes from one caller, all addresses together.</summary>
    [Range(10, 1_000_000, ErrorMessage = "Web:RequestsPerMinute must be between 10 and 1000000.")]
    public int RequestsPerMinute { get; set; } = 1200;

    /// <summary>Proxies before this server, by address or network: what they say in <c>X-Forwarded-For</c> is believed. Nobody else is.</summary>
    public List<string> Proxies { get; set; } = [];
}

/// <summary>Refuses what is neither an address nor a network.</summary>
internal sealed class ValidateProxies : IValidateOptions<WebOptions>
{
    public ValidateOptionsResult Validate(string? name, WebOptions options)
    {
        List<string> mistakes =
        [
            .. options.Proxies.Index().Where(proxy => Network(proxy.Item) is null)
                .Select(proxy => $"Web:Proxies:{proxy.Index} must be an address such as 127.0.0.1 or a network such as 10.0.0.0/24, but is '{proxy.Item}'."),
        ];
        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    /// <summary>The network that is meant; an address is a network of one. Null: neither.</summary>
    public static IPNetwork? Network(string? text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;
}
