namespace Alur.Antrean.Sites;

/// <summary>Section <c>Antrean</c>: the hospitals served and the cadences, which are upper bounds (wake-ups only make them shorter).</summary>
public sealed class AntreanOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Antrean";

    /// <summary>Hospitals by code. Without any, one site <c>default</c> exists that observes nothing and sends nothing.</summary>
    public Dictionary<string, SiteOptions> Sites { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Longest wait between two polls of a Khanza database.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait between two runs of the queue builder.</summary>
    public TimeSpan BuildInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait between two looks at BPJS for registrations that the hospital's desktop made.</summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait between two comparisons of mappings and schedules with BPJS's; each of BPJS's lists is asked for once a day.</summary>
    public TimeSpan ReferenceInterval { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>One hospital.</summary>
public sealed class SiteOptions
{
    /// <summary>Name shown to people; the code when absent.</summary>
    public string? Name { get; set; }

    /// <summary>IANA zone of the hospital's wall clock; Khanza stores local times without a zone.</summary>
    public string Zone { get; set; } = "Asia/Jakarta";

    /// <summary><c>observe</c> (default: everything is computed and shown, nothing is sent) or <c>send</c>.</summary>
    public string Mode { get; set; } = "observe";

    /// <summary>Visits that began earlier are never sent. ISO 8601; without an offset it is the site's own time. Required for <c>send</c>.</summary>
    public string? SendFrom { get; set; }

    /// <summary>Named set of task sources, see <see cref="TaskProfiles"/>. Required for <c>send</c>: somebody must have chosen it.</summary>
    public string? Profile { get; set; }

    /// <summary>Sources by task code that replace the profile's, first one present wins, such as <c>"3": ["mutasi_berkas.dikirim"]</c>.</summary>
    public Dictionary<string, List<string>> TaskSources { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Who registers on-site BPJS patients: <c>desktop</c> (Khanza's own screen, default) or <c>bridge</c> (this server).</summary>
    public string OnSiteJkn { get; set; } = "desktop";

    /// <summary>Khanza's payer code (<c>kd_pj</c>) of BPJS patients.</summary>
    public string PayerCode { get; set; } = "BPJ";

    /// <summary>Khanza clinics that are never sent; the emergency unit <c>IGDK</c> when absent.</summary>
    public List<string>? ExcludedClinics { get; set; }

    /// <summary>How many days before today are read again by every poll.</summary>
    public int LookBackDays { get; set; } = 6;

    /// <summary>How many days after today are read by every poll (bookings are made ahead).</summary>
    public int LookAheadDays { get; set; } = 1;

    /// <summary>Minutes per queue number in the estimate told to patients.</summary>
    public int MinutesPerPatient { get; set; } = 10;

    /// <summary>The hospital's Khanza database.</summary>
    public KhanzaOptions Khanza { get; set; } = new();

    /// <summary>The hospital's account at BPJS Antrean RS.</summary>
    public BpjsOptions Bpjs { get; set; } = new();
}

/// <summary>Connection to a Khanza database (MariaDB or MySQL), with an account that may only read.</summary>
public sealed class KhanzaOptions
{
    /// <summary>Host name; not needed with <see cref="Socket"/>.</summary>
    public string? Host { get; set; }

    /// <summary>TCP port.</summary>
    public int Port { get; set; } = 3306;

    /// <summary>Unix socket path, instead of host and port.</summary>
    public string? Socket { get; set; }

    /// <summary>Account name.</summary>
    public string? User { get; set; }

    /// <summary>Password; may be empty.</summary>
    public string? Password { get; set; }

    /// <summary>Database name; Khanza's is usually <c>sik</c>.</summary>
    public string? Database { get; set; }

    /// <summary>Longest time for one statement.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary><c>off</c> (default: Unix sockets, a protected network) or <c>verified</c>: TLS to a server that proves its name, or no connection.</summary>
    public string Tls { get; set; } = "off";

    /// <summary>PEM file of the authority that signed the server's certificate; the system's trust store when absent.</summary>
    public string? TlsCa { get; set; }

    /// <summary>The keys that are still missing before this database can be read; empty when complete.</summary>
    public IReadOnlyList<string> Missing() =>
    [
        .. string.IsNullOrWhiteSpace(Host) && string.IsNullOrWhiteSpace(Socket) ? [nameof(Host)] : Array.Empty<string>(),
        .. string.IsNullOrWhiteSpace(User) ? [nameof(User)] : Array.Empty<string>(),
        .. string.IsNullOrWhiteSpace(Database) ? [nameof(Database)] : Array.Empty<string>(),
    ];
}

/// <summary>Account at BPJS Antrean RS and how hard it may be used.</summary>
public sealed class BpjsOptions
{
    /// <summary>Base address, such as <c>https://apijkn.bpjs-kesehatan.go.id/antreanrs</c>. Plain http only on loopback.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Consumer id (<c>X-cons-id</c>).</summary>
    public string? ConsId { get; set; }

    /// <summary>Secret that signs requests and decrypts answers; never sent.</summary>
    public string? SecretKey { get; set; }

    /// <summary>User key of the antrean service (not the one of VClaim).</summary>
    public string? UserKey { get; set; }

    /// <summary>Content type of requests; BPJS's page and Khanza differ here, both are accepted in practice.</summary>
    public string ContentType { get; set; } = "application/json";

    /// <summary>Longest wait for one answer.</summary>
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>Calls in flight at once, over all nodes.</summary>
    public int MaxConcurrent { get; set; } = 4;

    /// <summary>Calls started per second, over all nodes.</summary>
    public int MaxPerSecond { get; set; } = 10;

    /// <summary>
    /// How long sending rests after BPJS refused the credentials, the clock or the address: long enough not to be locked out, short
    /// enough to notice the repair.
    /// </summary>
    public int RefusedPauseSeconds { get; set; } = 300;

    /// <summary>How long a task just accepted may be missing in <c>getlisttask</c>; such a miss is looked at again after this.</summary>
    public int ListLagSeconds { get; set; } = 30;

    /// <summary>The keys that are still missing before BPJS can be called; empty when complete.</summary>
    public IReadOnlyList<string> Missing() =>
        [.. new (string Key, string? Value)[]
            {
                (nameof(BaseUrl), BaseUrl), (nameof(ConsId), ConsId), (nameof(SecretKey), SecretKey), (nameof(UserKey), UserKey),
            }
            .Where(x => string.IsNullOrWhiteSpace(x.Value))
            .Select(x => x.Key)];
}
