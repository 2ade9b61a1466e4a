using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Pages;

/// <summary>The fields of a form; one that was not sent is empty.</summary>
public sealed class FormFields(IFormCollection fields)
{
    /// <summary>A field without the blanks around it.</summary>
    public string this[string name] => Raw(name).Trim();

    /// <summary>A field as it was typed, for passwords.</summary>
    public string Raw(string name) => fields.TryGetValue(name, out var values) ? values.ToString() : "";

    /// <summary>Every value of a field that may come several times.</summary>
    public IReadOnlyList<string> All(string name) => fields.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : [];
}

/// <summary>Forms of pages: read strictly, answered by leading back to a page of ours.</summary>
public static class Forms
{
    private const int MostFields = 100;

    /// <summary>The fields. Refused: <c>FORM_REQUIRED</c>, <c>INVALID_TEXT</c>, <c>CROSS_SITE</c>.</summary>
    public static async Task<Result<FormFields>> Read(HttpContext http, CancellationToken ct)
    {
        var request = http.Request;
        if (!SessionCookie.IsFromHere(request))
        {
            return new CrossSite();
        }

        if (!request.HasFormContentType || request.ContentType!.StartsWith("multipart", StringComparison.OrdinalIgnoreCase))
        {
            return new FormRequired();
        }

        try
        {
            var form = await request.ReadFormAsync(ct);
            return form.Count > MostFields ? new FormRequired()
                : form.FirstOrDefault(field => !StorableText.IsStorable(field.Value.ToString())) is { Key: { } bad } ? new InvalidText(bad)
                : new FormFields(form);
        }
        catch (InvalidDataException)
        {
            return new FormRequired();
        }
    }

    /// <summary>Does what a form asks and leads back to the page that its field <c>to</c> names, with what came of it.</summary>
    public static async Task<IResult> Do(HttpContext http, Func<FormFields, Here, Task<Notice>> run, CancellationToken ct)
    {
        var form = await Read(http, ct);
        return form.Ok ? Back(http, form.Value["to"], await run(form.Value, new Here(http))) : Problem.From(form.Error);
    }

    /// <summary>Leads to a page of ours; anything else that a form names leads to the first page.</summary>
    public static IResult Back(string to) => new SeeOther(IsOurs(to) ? to : "/");

    /// <summary>Leads to a page of ours that shows, once, what was done.</summary>
    public static IResult Back(HttpContext http, string to, Notice notice)
    {
        Notices.Leave(http, notice);
        return Back(to);
    }

    private static bool IsOurs(string to) => to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal) && !to.Contains('\\', StringComparison.Ordinal)
        && to.All(c => c is >= ' ' and <= '~') && Uri.TryCreate(to, UriKind.Relative, out _);

    private sealed class SeeOther(string to) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther; // the browser asks again by GET, so that reloading repeats nothing
            httpContext.Response.Headers.Location = to;
            return Task.CompletedTask;
        }
    }
}

internal sealed record FormRequired() : Invalid("FORM_REQUIRED", "Send the form as it was shown.");
