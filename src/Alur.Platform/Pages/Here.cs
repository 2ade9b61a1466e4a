using System.Globalization;
using System.Security.Claims;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Pages;

/// <summary>Where a page is being read: by whom, at which address, in which language and on which clock. Every page and every part of one has it.</summary>
public sealed class Here
{
    private static readonly string[] Months = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];
    private static readonly string[] Weekdays = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];

    private readonly HttpContext _http;
    private readonly object? _model;
    private readonly Lazy<Notice?> _notice;

    /// <summary>Of a request; handlers of forms ask it for the reader's words.</summary>
    public Here(HttpContext http, object? model = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        (_http, _model) = (http, model);
        (Language, Theme) = (Preferences.LanguageOf(http), Preferences.ThemeOf(http));
        _notice = new Lazy<Notice?>(() => Notices.Take(http));
        Zone = http.RequestServices.GetRequiredService<PagesOptions>().Zone;
    }

    /// <summary>Indonesian unless the reader chose the other.</summary>
    public Language Language { get; }

    /// <summary>Light or dark; null: as the reader's system has it.</summary>
    public string? Theme { get; }

    /// <summary>The clock on the reader's wall; a page about a hospital sets its hospital's.</summary>
    public TimeZoneInfo Zone { get; set; }

    /// <summary>Who reads; nobody in particular before they sign in.</summary>
    public ClaimsPrincipal Reader => _http.User;

    /// <summary>Whether somebody is signed in.</summary>
    public bool IsSignedIn => Reader.Identity?.IsAuthenticated == true;

    /// <summary>What the last form did, shown once.</summary>
    public Notice? Notice => _notice.Value;

    /// <summary>What the bell shows; null: there is none, or nobody knows.</summary>
    internal Unread? Unread { get; set; }

    /// <summary>The page's path, as it was asked for.</summary>
    public string Path => _http.Request.PathBase + _http.Request.Path.ToUriComponent();

    /// <summary>The page's address with its filters; forms hand it on, so that they lead back here.</summary>
    public string Address => Path + _http.Request.QueryString.ToUriComponent();

    /// <summary>The entries of the navigation that this reader may open.</summary>
    public IEnumerable<NavItem> Navigation => _http.RequestServices.GetServices<NavItem>().Where(item => May(item.Policy)).OrderBy(item => item.Order);

    /// <summary>The entry that the page belongs to: the one with the longest path that leads here.</summary>
    public string? Current => Navigation.Select(item => item.Path).Where(path => Path == path || Path.StartsWith(path + "/", StringComparison.Ordinal)).MaxBy(path => path.Length);

    /// <summary>Whether a list is shown from somewhere behind its beginning.</summary>
    public bool HasCursor => _http.Request.Query.ContainsKey(Pager.Cursor);

    /// <summary>Whether the reader holds a policy: a grant's name, or <see cref="Policies.Admin"/>.</summary>
    public bool May(string policy) => Reader.IsInRole(Policies.Admin) || (policy == Policies.Client ? Reader.IsInRole(Policies.Client) : policy != Policies.Admin && Reader.HasGrant(policy));

    /// <summary>One of two texts, in the reader's language.</summary>
    public string Say(string indonesian, string english) => Language == Language.Id ? indonesian : english;

    /// <summary>The text in the reader's language.</summary>
    public string Say(Words words) => words.In(Language);

    /// <summary>A refusal's sentence in the reader's language.</summary>
    public string Say(Error error) => _http.RequestServices.GetRequiredService<RefusalTexts>().Of(error, Language);

    /// <summary>What the page is about. The handler that answers with the page gives it.</summary>
    public T Model<T>()
        where T : class =>
        _model as T ?? throw new InvalidOperationException($"{Path} was answered without a {typeof(T).Name}.");

    /// <summary>The address of a file in Assets, changing with its content.</summary>
    public string Asset(string file) => _http.RequestServices.GetRequiredService<Assets>().AddressOf(file);

    /// <summary>This page with one filter changed; null takes it away. A list begins anew, for its cursor belonged to the old filters.</summary>
    public string With(string filter, string? value) => With((filter, value));

    /// <summary>This page with several filters changed.</summary>
    public string With(params IEnumerable<(string Filter, string? Value)> changes)
    {
        var filters = _http.Request.Query.ToDictionary(q => q.Key, q => (string?)q.Value.ToString(), StringComparer.Ordinal);
        filters.Remove(Pager.Cursor);
        foreach (var (filter, value) in changes)
        {
            filters[filter] = value;
        }

        return QueryHelpers.AddQueryString(Path, filters.Where(f => !string.IsNullOrEmpty(f.Value)));
    }

    /// <summary>Such as <c>08:15</c>, on the page's clock.</summary>
    public string Time(DateTimeOffset moment) => Local(moment).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>08:15:07</c>, on the page's clock.</summary>
    public string Seconds(DateTimeOffset moment) => Local(moment).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>21 Nov 08:15:07</c>, on the page's clock; with the year where it is another one.</summary>
    public string Moment(DateTimeOffset moment)
    {
        var local = Local(moment);
        var year = local.Year == Local(DateTimeOffset.UtcNow).Year ? "" : $" {local.Year}";
        return string.Create(CultureInfo.InvariantCulture, $"{local.Day} {Month(local.Month)[..3]}{year} {local:HH:mm:ss}");
    }

    /// <summary>Such as <c>Sabtu, 21 November 2026</c>.</summary>
    public string Day(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{Weekday(day.DayOfWeek)}, {day.Day} {Month(day.Month)} {day.Year}");

    /// <summary>A number as the language groups it: <c>1.234</c>, <c>1,234</c>.</summary>
    public string Number(long number) =>
        number.ToString("N0", CultureInfo.InvariantCulture) is var text && Language == Language.Id ? text.Replace(',', '.') : text;

    private DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone);

    private string Month(int month) => Language == Language.Id ? Months[month - 1] : CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);

    private string Weekday(DayOfWeek day) => Language == Language.Id ? Weekdays[(int)day] : day.ToString();
}
