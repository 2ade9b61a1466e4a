using System.Globalization;
using Alur.Antrean.Doctor;
using Alur.Antrean.Sites;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>
/// How each hospital is set up, without its secrets; for those who may steer sending, a test of its ways to Khanza and BPJS and the switch between observing and sending.
/// </summary>
internal static class SettingsPage
{
    public const string Path = "/antrean/settings";

    public const string SwitchPath = Path + "/mode";

    public static async Task<IResult> Show(ReadSettings read, CancellationToken ct) => PageResult.Of<SettingsView>(await read.Run(ct));

    /// <summary>Lets a hospital send, or observe again.</summary>
    public static Task<IResult> Switch(HttpContext http, SwitchMode switching, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        var request = new SwitchRequest(form["mode"], form["mode"] == "send" && form["send_from"].Length > 0 ? form["send_from"] : null);
        return Notice.Of(await switching.Run(form["site"], request, http.AuditOrigin(), ct), here, switched => Said(switched, here));
    }, ct);

    public static async Task<IResult> Test(HttpContext http, TestConnection test, ReadSettings read, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var site = form.Value["site"];
        var found = await test.Run(site, http.AuditOrigin(), ct);
        var settings = await read.Run(ct);
        return found.Ok
            ? PageResult.Of<SettingsView>(settings with { Tested = new Tested(site, found.Value) })
            : found.Error is NotFound ? Problem.From(found.Error)
            : PageResult.Refused<SettingsView>(settings with { Tested = new Tested(site, [], found.Error) }, found.Error);
    }

    private static string Said(Switched switched, Here here) => switched switch
    {
        { Now.Sends: true, Changed: true } => here.Say("Mengirim ke BPJS mulai sekarang. Kunjungan yang sudah ada dicari dulu di BPJS.", "Visits are told to BPJS from now on. Those that are there already are looked up at BPJS first."),
        { Changed: true, Withdrawn: var count } => here.Say(
            $"Mengamati saja mulai sekarang: tidak ada lagi yang dikirim ke BPJS. {here.Number(count)} pengiriman ditarik dari antrean; yang sedang dikirim diselesaikan.",
            $"It only observes from now on: nothing more is told to BPJS. {here.Number(count)} queued {Words.Of(count, "delivery was", "deliveries were")} taken back; calls under way finish."),
        _ => here.Say("Sudah begitu; tidak ada yang diubah.", "It is so already; nothing was changed."),
    };
}

/// <summary>Reads what the page shows: the configuration, how each hospital stands, and the names of those who switched one.</summary>
internal sealed class ReadSettings(NpgsqlDataSource database, ListUsers users, IOptions<AntreanOptions> options, TimeProvider clock)
{
    public async Task<Settings> Run(CancellationToken ct)
    {
        var stored = (await ListSites.Handle(database, ct)).Result.Value.Items;
        var people = stored.Any(row => row.Switched is not null) ? await users.Run(ct) : [];
        return new Settings(
        [
            .. options.Value.Sites.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new SiteSettings(s.Key, s.Value, stored.FirstOrDefault(row => row.Code == s.Key))
            {
                Range = SwitchMode.Range(s.Value, clock.GetUtcNow()),
                Now = clock.GetUtcNow(),
                People = people,
            }),
        ]);
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Sites">Every configured hospital.</param>
internal sealed record Settings(IReadOnlyList<SiteSettings> Sites)
{
    /// <summary>What a test just found.</summary>
    public Tested? Tested { get; init; }
}

/// <summary>A test and what it found, or why there was none.</summary>
internal sealed record Tested(string Site, IReadOnlyList<Finding> Findings, Error? Refusal = null);

/// <summary>One setting in words; its key finds it in <c>alur.json</c>.</summary>
/// <param name="Key">Behind <c>Antrean:Sites:CODE:</c>.</param>
/// <param name="Label">What it is.</param>
/// <param name="Value">As configured or by default; of a secret only whether it is set.</param>
internal sealed record Setting(string Key, Words Label, Words Value);

/// <summary>One hospital: how it is configured and how it stands.</summary>
internal sealed record SiteSettings(string Code, SiteOptions Options, ListSites.Site? Row)
{
    private static readonly Words s_none = new("tidak ada", "none");
    private static readonly Words s_isSet = new("sudah diisi", "set");
    private static readonly Words s_isMissing = new("belum diisi", "not set");

    /// <summary>From when on sending can be switched on.</summary>
    public (DateTimeOffset First, DateTimeOffset Last) Range { get; init; }

    /// <summary>Business time.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Among whom whoever switched it is.</summary>
    public IReadOnlyList<User> People { get; init; } = [];

    /// <summary>What holds, whoever said so.</summary>
    public bool Sends => Row is { } row ? row.Standing.Sends : Options.Mode == "send";

    /// <summary>That it is switched otherwise than configured.</summary>
    public Words? Told => Row is { } row ? row.Standing.Told(Options, People.FirstOrDefault(user => $"user:{user.Id}" == row.Switched?.By)?.Name) : null;

    /// <summary>Keys without which nothing can be sent; <c>OnSiteJkn</c> has a default that may be wrong and is asked for in words.</summary>
    public IReadOnlyList<string> MissingToSend => SwitchMode.Missing(Options);

    /// <summary>The start that the form proposes: now, or the configured one where that is still to come.</summary>
    public string Start => Field(Range.First > Now ? Range.First : Now);

    /// <summary>The start that is in force, or was before it observed.</summary>
    public DateTimeOffset? Begun => Row is { } row ? row.SendFrom : ValidateAntreanOptions.SendFrom(Options);

    public string FirstStart => Field(Range.First);

    public string LastStart => Field(Range.Last.AddMinutes(-1));

    // As the browser's field for a day and time takes it, on the hospital's clock; a begun minute counts as the next, so that nothing is too early.
    private string Field(DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTimeBySystemTimeZoneId(moment.AddSeconds(59), Options.Zone).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    public IReadOnlyList<(Words Title, IReadOnlyList<Setting> Settings)> Groups =>
    [
        (new("Pengiriman", "Sending"), Sending), (new("Rumah sakit", "Hospital"), Hospital), (new("Khanza", "Khanza"), Khanza), (new("BPJS", "BPJS"), Bpjs),
    ];

    private Setting[] Sending =>
    [
        new("Mode", new("Mode menurut pengaturan", "Mode as configured"), Options.Mode == "send" ? new("send: mengirim ke BPJS", "send: tells BPJS") : new("observe: hanya mengamati", "observe: only looks")),
        new("SendFrom", new("Kirim kunjungan sejak", "Visits sent from"), Text(Options.SendFrom)),
        new("Profile", new("Profil sumber task", "Profile of task sources"), Text(Options.Profile)),
        .. TaskProfiles.Of(Options).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new Setting(
            $"TaskSources:{s.Key}", new($"Sumber task {s.Key}", $"Source of task {s.Key}"), Text(string.Join(", ", s.Value)))),
        new("OnSiteJkn", new("Yang mendaftarkan pasien JKN di tempat", "Who registers on-site JKN patients"), Options.OnSiteJkn == "bridge"
            ? new("bridge: Alur", "bridge: Alur") : new("desktop: layar Khanza sendiri", "desktop: Khanza's own screen")),
    ];

    private Setting[] Hospital =>
    [
        new("Zone", new("Zona waktu", "Time zone"), Text(Options.Zone)),
        new("PayerCode", new("Kode penjamin BPJS (kd_pj)", "BPJS's payer code (kd_pj)"), Text(Options.PayerCode)),
        new("ExcludedClinics", new("Poliklinik yang tidak pernah dikirim", "Clinics that are never sent"), Text(string.Join(", ", Options.ExcludedClinics ?? ["IGDK"]))),
        new("LookBackDays", new("Hari sebelumnya yang dibaca ulang", "Days before today that are read again"), Number(Options.LookBackDays)),
        new("LookAheadDays", new("Hari sesudahnya yang dibaca", "Days after today that are read"), Number(Options.LookAheadDays)),
        new("MinutesPerPatient", new("Perkiraan menit per pasien", "Estimated minutes per patient"), Number(Options.MinutesPerPatient)),
    ];

    private Setting[] Khanza => Options.Khanza is var khanza && string.IsNullOrWhiteSpace(khanza.Socket)
        ? [new("Khanza:Host", new("Server", "Server"), Text(khanza.Host)), new("Khanza:Port", new("Port", "Port"), Number(khanza.Port)), .. KhanzaAccount]
        : [new("Khanza:Socket", new("Socket", "Socket"), Text(khanza.Socket)), .. KhanzaAccount];

    private Setting[] KhanzaAccount =>
    [
        new("Khanza:User", new("Akun", "Account"), Text(Options.Khanza.User)),
        new("Khanza:Password", new("Kata sandi", "Password"), Secret(Options.Khanza.Password)),
        new("Khanza:Database", new("Basis data", "Database"), Text(Options.Khanza.Database)),
        new("Khanza:Tls", new("TLS", "TLS"), Text(Options.Khanza.Tls)),
    ];

    private Setting[] Bpjs =>
    [
        new("Bpjs:BaseUrl", new("Alamat", "Address"), Text(WithoutAccount(Options.Bpjs.BaseUrl))),
        new("Bpjs:ConsId", new("Cons ID", "Cons ID"), Secret(Options.Bpjs.ConsId)),
        new("Bpjs:SecretKey", new("Secret key", "Secret key"), Secret(Options.Bpjs.SecretKey)),
        new("Bpjs:UserKey", new("User key layanan Antrean", "User key of the Antrean service"), Secret(Options.Bpjs.UserKey)),
        new("Bpjs:MaxConcurrent", new("Panggilan bersamaan, paling banyak", "Calls at once, at most"), Number(Options.Bpjs.MaxConcurrent)),
        new("Bpjs:MaxPerSecond", new("Panggilan per detik, paling banyak", "Calls per second, at most"), Number(Options.Bpjs.MaxPerSecond)),
    ];

    // An address may carry an account before its host, and then that is a secret too.
    private static string? WithoutAccount(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.UserInfo.Length > 0 ? address!.Replace(url.UserInfo + "@", "", StringComparison.Ordinal) : address;

    private static Words Text(string? value) => string.IsNullOrWhiteSpace(value) ? s_none : new(value, value);

    private static Words Number(int value) => Text(value.ToString(CultureInfo.InvariantCulture));

    private static Words Secret(string? value) => string.IsNullOrEmpty(value) ? s_isMissing : s_isSet;
}
