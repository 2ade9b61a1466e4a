using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Pages;

/// <summary>A refusal or a failure as people see it: the same code and trace id as programs get.</summary>
internal sealed record Failure(int Status, string Code, string English, IReadOnlyDictionary<string, string[]>? Errors, string TraceId)
{
    /// <summary>The fields at fault, with what is wrong of each where that is more than the sentence.</summary>
    public IEnumerable<string> Fields => Errors?.SelectMany(at => at.Value.Where(text => text != English), (at, text) => $"{at.Key}: {text}") ?? [];

    public string Title(Here here) => Status switch
    {
        StatusCodes.Status403Forbidden => here.Say("Tidak diizinkan", "Not allowed"),
        StatusCodes.Status404NotFound => here.Say("Tidak ditemukan", "Not found"),
        StatusCodes.Status503ServiceUnavailable => here.Say("Sedang tidak tersedia", "Not available at the moment"),
        >= 500 => here.Say("Ada yang salah", "Something went wrong"),
        _ => here.Say("Tidak dapat dilakukan", "This cannot be done"),
    };

    public string Sentence(Here here) => here.Say(new Invalid(Code, English));
}

/// <summary>Which requests come from people who look at pages, and what those get instead of a program's answer.</summary>
internal static class PagesForPeople
{
    /// <summary>Whether the answer is read by a person: a browser asks, and the address is a page, or nothing that programs know.</summary>
    public static bool IsPage(HttpContext http) => IsBrowser(http.Request)
        && (http.GetEndpoint() is { } endpoint ? endpoint.Metadata.GetMetadata<IsPage>() is not null : !http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal));

    /// <summary>Somebody nobody knows: to the sign-in page and back. Parts of a page that refresh themselves say so to the page as a whole.</summary>
    public static Task SignIn(HttpContext http)
    {
        var to = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent() : "/";
        var signIn = "/sign-in?to=" + Uri.EscapeDataString(to);
        if (http.Request.Headers.ContainsKey("HX-Request"))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers["HX-Redirect"] = signIn;
            http.Response.ContentLength = 0;
            return Task.CompletedTask;
        }

        http.Response.Redirect(signIn);
        return Task.CompletedTask;
    }

    // Browsers name HTML first where a page is asked for; programs take anything.
    private static bool IsBrowser(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) || request.Headers.ContainsKey("HX-Request");

    public static Task Fail(HttpContext http, Failure failure) => PageResult.Of<FailurePage>(failure, failure.Status).ExecuteAsync(http);
}

/// <summary>Marks an address whose answers are pages, failures included.</summary>
public sealed class IsPage;
