using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Antrean.Sites;
using Alur.Kafka;
using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Configuration;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Mail;
using Alur.Platform.Pages;
using Alur.Platform.Realtime;
using Alur.Platform.Resilience;
using Alur.Platform.Retention;
using Alur.Platform.Telemetry;
using Alur.Platform.Web;
using Alur.Platform.Webhooks;

namespace Alur.Host.Startup;

/// <summary>
/// Finds every mistake in the sections that the server reads, before anything of it starts. What the values mean is validated by each
/// module's options.
/// </summary>
internal static partial class ConfigurationMistakes
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        (PostgresOptions.Section, typeof(PostgresOptions)),
        (AntreanOptions.Section, typeof(AntreanOptions)),
        ("Delivery", typeof(DeliveryOptions)),
        ("Resilience", typeof(ResilienceOptions)),
        (RetentionOptions.Section, typeof(RetentionOptions)),
        (AlertsOptions.Section, typeof(AlertsOptions)),
        (MailOptions.Section, typeof(MailOptions)),
        (IdentityOptions.Section, typeof(IdentityOptions)),
        (PagesOptions.Section, typeof(PagesOptions)),
        (AuditOptions.Section, typeof(AuditOptions)),
        (JournalOptions.Section, typeof(JournalOptions)),
        (RealtimeOptions.Section, typeof(RealtimeOptions)),
        (KafkaOptions.Section, typeof(KafkaOptions)),
        (WebOptions.Section, typeof(WebOptions)),
        (WebhooksOptions.Section, typeof(WebhooksOptions)),
        (TelemetryOptions.Section, typeof(TelemetryOptions)),
    ];

    private static readonly string[] OtherSections = ["ConnectionStrings", "Kestrel", "Logging", "AllowedHosts", "urls", "Demo"];

    /// <summary>One message per mistake, each naming the full key.</summary>
    public static IReadOnlyList<string> Find(IConfiguration configuration) =>
        [.. Sections.SelectMany(s => SettingMistakes.In(configuration.GetSection(s.Section), s.Options)), .. InPostgres(configuration)];

    /// <summary>Sections of a configuration file that nothing reads. (The environment holds other programs' settings too, so it is not asked.)</summary>
    public static IEnumerable<string> UnknownSections(IConfiguration file, string path) =>
        from section in file.GetChildren()
        let known = Sections.Select(s => s.Section).Concat(OtherSections)
        where !known.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
        select $"{section.Key} is not a section ({path}); known are {string.Join(", ", known)}";

    private static IEnumerable<string> InPostgres(IConfiguration configuration)
    {
        var name = configuration["Postgres:Name"];
        if (name is not null && !DatabaseName().IsMatch(name))
        {
            yield return $"Postgres:Name must be a short lower-case word, but is '{name}'";
        }

        if (int.TryParse(configuration["Postgres:MaxConnections"], CultureInfo.InvariantCulture, out var most) && most is < 20 or > 2000)
        {
            yield return $"Postgres:MaxConnections must be between 20 and 2000, but is {most}";
        }

        if (configuration.GetConnectionString("AlurOwner") is not null && configuration.GetConnectionString("Alur") is null)
        {
            yield return "ConnectionStrings:Alur is missing beside ConnectionStrings:AlurOwner";
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,30}$", RegexOptions.None, 100)]
    private static partial Regex DatabaseName();
}
