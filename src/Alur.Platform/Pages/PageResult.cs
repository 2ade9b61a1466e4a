using System.Globalization;
using Alur.Platform.Notifications;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Pages;

/// <summary>What a handler returns for people: a whole page of HTML. It is written only when it is complete, so a failure on the way is a failure page.</summary>
/// <param name="page">The component.</param>
/// <param name="model">What it is about, see <see cref="Here.Model{T}"/>.</param>
/// <param name="status">HTTP status.</param>
public sealed class PageResult(Type page, object? model, int status) : IResult
{
    /// <summary>What a page may load: files of ours, and forms of ours. No script or style stands in a page itself.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private int? _retryAfter;

    /// <summary>A page about <paramref name="model"/>.</summary>
    public static PageResult Of<TPage>(object? model = null, int status = StatusCodes.Status200OK)
        where TPage : PageView => new(typeof(TPage), model, status);

    /// <summary>A page that shows a refusal beside the form that was refused; <paramref name="model"/> holds both.</summary>
    public static PageResult Refused<TPage>(object model, Error refusal)
        where TPage : PageView => new(typeof(TPage), model, Problem.StatusOf(refusal)) { _retryAfter = (refusal as TooMany)?.RetryAfterSeconds };

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var here = new Here(httpContext, model);
        if (status < StatusCodes.Status500InternalServerError) here.Unread = await Bell.Of(here, httpContext);
        var html = await Render(here, httpContext.RequestServices);
        var response = httpContext.Response;
        response.StatusCode = status;
        if (_retryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Referrer-Policy"] = "strict-origin"; // with none, browsers send forms over plain HTTP as from nowhere; paths may hold one-time links
        await response.WriteAsync("<!doctype html>\n" + html, httpContext.RequestAborted);
    }

    private async Task<string> Render(Here here, IServiceProvider services)
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(Root.Here)] = here, [nameof(Root.Page)] = page };
            return (await renderer.RenderComponentAsync<Root>(ParameterView.FromDictionary(parameters))).ToHtmlString();
        });
    }
}
