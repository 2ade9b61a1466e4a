using Alur.Platform.Pages;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Alur.Platform.Web;

/// <summary>
/// Looks at a request before its handler does. A query parameter that the endpoint does not know, that is empty or given
/// twice is refused: a mistyped filter must never widen a list in silence. Text that cannot be stored is refused. <c>%2F</c>,
/// which the server leaves encoded in route values, becomes a slash; everything else in them is decoded already.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        if (IsOfAnotherEncoding(context.Request, endpoint))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        if (WithoutEmptyFilters(context.Request, endpoint) is { } address)
        {
            context.Response.Redirect(address);
            return Task.CompletedTask;
        }

        var error = CheckQuery(context.Request.Query, endpoint) ?? CheckRoute(context.Request.RouteValues);
        return error is null ? next(context) : Problem.From(error).ExecuteAsync(context);
    }

    // A form without script sends the filters that nobody chose too. Null: there are none, or no form sends them.
    private static string? WithoutEmptyFilters(HttpRequest request, Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IsPage>() is null || !HttpMethods.IsGet(request.Method) || request.Query.All(q => !string.IsNullOrEmpty(q.Value))
            ? null
            : QueryHelpers.AddQueryString(request.Path.ToUriComponent(), request.Query.Where(q => !string.IsNullOrEmpty(q.Value)));

    // JSON between systems is UTF-8 (RFC 8259), and so are our forms; of an encoding that it does not know the framework makes a fault of ours.
    private static bool IsOfAnotherEncoding(HttpRequest request, Endpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null || endpoint.Metadata.GetMetadata<IsPage>() is not null)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.Charset is { HasValue: true } charset
        && !HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static Error? CheckQuery(IQueryCollection query, Endpoint endpoint)
    {
        if (query.Count == 0)
        {
            return null;
        }

        // Endpoints that are not handlers with parameters (files, health checks) declare nothing and are left alone.
        var known = QueryParameters.Of(endpoint);
        return known is null ? null : query.Select(q => Check(q.Key, q.Value, known)).FirstOrDefault(error => error is not null);
    }

    private static Error? Check(string name, StringValues values, IReadOnlySet<string> known) => values switch
    {
        _ when !known.Contains(name) => new UnknownParameter(name, known),
        { Count: > 1 } => new RepeatedParameter(name),
        _ when string.IsNullOrEmpty(values) => new EmptyParameter(name),
        _ when !StorableText.IsStorable(values.ToString()) => new InvalidText(name),
        _ => null,
    };

    private static InvalidText? CheckRoute(RouteValueDictionary values)
    {
        foreach (var (name, value) in values.ToArray())
        {
            if (value is not string text)
            {
                continue;
            }

            if (!StorableText.IsStorable(text))
            {
                return new InvalidText(name);
            }

            values[name] = text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        }

        return null;
    }
}

/// <summary>The query parameters of an endpoint, as its handler declares them with <c>[FromQuery]</c>.</summary>
internal static class QueryParameters
{
    /// <summary>Null: not a handler, so nothing is known.</summary>
    public static IReadOnlySet<string>? Of(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>() is null)
        {
            return null;
        }

        return endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(p => FromQuery(p) is not null)
            .Select(WireName)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    public static string WireName(IParameterBindingMetadata parameter) => FromQuery(parameter)?.Name ?? parameter.Name;

    private static IFromQueryMetadata? FromQuery(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes(inherit: false).OfType<IFromQueryMetadata>().FirstOrDefault();
}
