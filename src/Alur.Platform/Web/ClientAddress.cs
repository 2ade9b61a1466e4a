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
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app) =>
        app.ApplicationServices.GetRequiredService<IOptions<WebOptions>>().Value.Proxies is [] ? app.UseMiddleware<UnnamedProxy>() : app.UseForwardedHeaders();

    /// <summary>The address as callers nobody knows are told apart by. Of IPv6 the first half: whoever has one address there has all of that network.</summary>
    public static string Origin(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "none", // a socket of this machine
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } six when !IPAddress.IsLoopback(six) => $"{new IPAddress([.. six.GetAddressBytes()[..8], .. new byte[8]])}/64",
        var address => address.ToString(),
    };

    /// <summary>Says once that there seems to be a proxy that no setting names, because everybody behind it then counts as one caller.</summary>
    internal sealed partial class UnnamedProxy(RequestDelegate next, ILogger<UnnamedProxy> log)
    {
        private int _told;

        public Task InvokeAsync(HttpContext context)
        {
            if (context.Request.Headers.ContainsKey(Header) && Interlocked.Exchange(ref _told, 1) == 0)
            {
                Unnamed(log, context.Connection.RemoteIpAddress);
            }

            return next(context);
        }

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} sends X-Forwarded-For. If it is your proxy, name it in Web:Proxies; until then everybody behind it is one caller to rate limits and audit. This line appears once.")]
        private static partial void Unnamed(ILogger log, IPAddress? address);
    }
}
