using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Web;

/// <summary>
/// Where a request comes from. The other end of the connection says so, unless it is a proxy that is configured: then it is whoever that proxy names in
/// <c>X-Forwarded-For</c>, read from its end for as long as the names are configured proxies too. Anybody can send that header, so nobody else is believed.
/// </summary>
internal static partial class ClientAddress
{
    private const string Header = "X-Forwarded-For";

    public static IServiceCollection AddClientAddress(this IServiceCollection services)
    {
        services.AddOptions<WebOptions>().BindConfiguration(WebOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebOptions>, ValidateProxies>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<WebOptions>>((headers, web) =>
        {
            (headers.ForwardedHeaders, headers.ForwardLimit) = (ForwardedHeaders.XForwardedFor, null);
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var proxy in web.Value.Proxies) headers.KnownIPNetworks.Add(ValidateProxies.Network(proxy)!.Value);
        });
        return services;
    }

    // With nothing configured the framework would believe everybody, so it is not asked at all.
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app)
    {
        app.UseMiddleware<UnnamedProxy>();
        return app.ApplicationServices.GetRequiredService<IOptions<WebOptions>>().Value.Proxies is [] ? app : app.UseForwardedHeaders();
    }

    /// <summary>An address as people write it.</summary>
    public static string Text(IPAddress address) => address.Equals(IPAddress.None) ? "a local socket" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>The address as callers nobody knows are told apart by. Of IPv6 the first half: whoever has one address there has all of that network.</summary>
    public static string Origin(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "none", // a socket of this machine
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } six when !IPAddress.IsLoopback(six) => $"{new IPAddress([.. six.GetAddressBytes()[..8], .. new byte[8]])}/64",
        var address => address.ToString(),
    };

    /// <summary>Notes, and says once, that there seems to be a proxy that no setting names, because everybody behind it then counts as one caller.</summary>
    internal sealed partial class UnnamedProxy(RequestDelegate next, IOptions<WebOptions> web, UnnamedProxies seen, ILogger<UnnamedProxy> log)
    {
        private readonly System.Net.IPNetwork[] _named = [.. web.Value.Proxies.Select(proxy => ValidateProxies.Network(proxy)!.Value)];
        private int _told;

        public Task InvokeAsync(HttpContext context)
        {
            if (context.Request.Headers.ContainsKey(Header) && !IsNamed(context.Connection.RemoteIpAddress))
            {
                seen.Note(context.Connection.RemoteIpAddress);
                if (Interlocked.Exchange(ref _told, 1) == 0)
                {
                    Unnamed(log, context.Connection.RemoteIpAddress);
                }
            }

            return next(context);
        }

        private bool IsNamed(IPAddress? address) =>
            address is not null && _named.Any(network => network.Contains(address) || (address.IsIPv4MappedToIPv6 && network.Contains(address.MapToIPv4())));

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} sends X-Forwarded-For. If it is your proxy, name it in Web:Proxies; until then everybody behind it is one caller to rate limits and audit. This line appears once.")]
        private static partial void Unnamed(ILogger log, IPAddress? address);
    }
}
