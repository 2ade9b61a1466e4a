using Alur.Antrean.Sites;
using Alur.Platform.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Tests.Sites;

public sealed class AntreanOptionsTests
{
    private const string Site = "Antrean:Sites:default:";

    [Fact]
    [Trait("Spec", "A-004")]
    [Trait("Spec", "A-021")]
    public void Without_configuration_one_site_only_observes_and_the_cadences_are_the_specified_minute()
    {
        var options = Read([]);

        var (code, site) = Assert.Single(options.Sites);
        Assert.Equal("default", code);
        Assert.Equal("observe", site.Mode);
        Assert.Null(site.Profile);
        Assert.Equal(TimeSpan.FromMinutes(1), options.PollInterval);
        Assert.Equal(TimeSpan.FromMinutes(1), options.BuildInterval);
        Assert.Equal(["Host", "User", "Database"], site.Khanza.Missing());
        Assert.Equal(["BaseUrl", "ConsId", "SecretKey", "UserKey"], site.Bpjs.Missing());
    }

    [Fact]
    public void Sending_needs_a_start_and_a_chosen_profile_and_every_mistake_names_its_key()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(new()
        {
            [Site + "Mode"] = "send",
            [Site + "Zone"] = "Asia/Atlantis",
            [Site + "Bpjs:BaseUrl"] = "http://apijkn.example.org/antreanrs",
            [Site + "Bpjs:MaxConcurrent"] = "0",
            [Site + "TaskSources:3:0"] = "mutasi_berkas.terbang",
            [Site + "TaskSources:9:0"] = "mutasi_berkas.dikirim",
            [Site + "OnSiteJkn"] = "nobody",
            ["Antrean:PollInterval"] = "00:00:00",
        }));

        Assert.Equal(
        [
            "Antrean:PollInterval must be longer than zero, but is 00:00:00",
            "Antrean:Sites:default:Bpjs:BaseUrl must be https: patients' data is sent there",
            "Antrean:Sites:default:Bpjs:MaxConcurrent must be between 1 and 256, but is 0",
            "Antrean:Sites:default:Mode is send: check as well that OnSiteJkn (nobody) is right: desktop where Khanza's own screen registers on-site BPJS patients, "
                + "bridge where nobody does; and give Bpjs:ConsId, Bpjs:SecretKey, Bpjs:UserKey, without which nothing is sent",
            "Antrean:Sites:default:OnSiteJkn must be desktop or bridge, but is 'nobody'",
            "Antrean:Sites:default:Profile is required when Mode is send; choose one of khanza, khanza-2026, task-columns",
            "Antrean:Sites:default:SendFrom is required when Mode is send",
            "Antrean:Sites:default:TaskSources:3:0 is not a known source: 'mutasi_berkas.terbang'",
            "Antrean:Sites:default:TaskSources:9 is not a task with a source; known are 3, 4, 5, 6, 7",
            "Antrean:Sites:default:Zone is not a known time zone: 'Asia/Atlantis' (such as Asia/Jakarta, Asia/Makassar, Asia/Jayapura)",
        ], failure.Failures.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Mode", "sned", "Antrean:Sites:default:Mode must be observe or send, but is 'sned'")]
    [InlineData("Profile", "robot", "Antrean:Sites:default:Profile must be one of khanza, khanza-2026, task-columns, but is 'robot'")]
    [InlineData("SendFrom", "soon", "Antrean:Sites:default:SendFrom is not a date and time such as 2026-11-23T00:00:00+07:00: 'soon'")]
    [InlineData("Bpjs:BaseUrl", "apijkn", "Antrean:Sites:default:Bpjs:BaseUrl is not an http address: 'apijkn'")]
    public void A_mistyped_value_never_falls_back_to_something_else(string key, string value, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(new() { [Site + key] = value }));

        Assert.Equal([message], failure.Failures);
    }

    [Fact]
    public void A_misspelt_key_is_named_instead_of_being_ignored()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(new() { [Site + "Moed"] = "send", [Site + "Khanza:Hots"] = "db" }));

        // In the same words as the server's own look at its configuration.
        Assert.Equal(
            ["Antrean:Sites:default:Khanza:Hots is not a setting; did you mean Host?", "Antrean:Sites:default:Moed is not a setting; did you mean Mode?"],
            failure.Failures.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("30", null, "00:00:20")]
    [InlineData("20", null, "00:00:20")] // the call would be cut before it can say what happened
    [InlineData("15", "00:00:10", "00:00:10")]
    public void A_wait_that_the_engine_would_cut_short_is_refused(string seconds, string? callTimeout, string cut)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(new() { [Site + "Bpjs:TimeoutSeconds"] = seconds, ["Delivery:CallTimeout"] = callTimeout }));

        Assert.Equal([$"Antrean:Sites:default:Bpjs:TimeoutSeconds must be shorter than Delivery:CallTimeout ({cut}), but is {seconds} s"], failure.Failures);
    }

    [Theory]
    [InlineData("PollInterval", "9223372036854775807", "Antrean:PollInterval must be a duration such as 00:01:00, but is '9223372036854775807'")]
    [InlineData("PollInterval", "00:080", "Antrean:PollInterval must be a duration such as 00:01:00, but is '00:080'")]
    public void A_duration_that_does_not_fit_is_refused_by_its_key(string key, string value, string message) =>
        Assert.Equal([message], SettingMistakes.In(Section(new() { [key] = value }), typeof(AntreanOptions)));

    [Fact]
    public void A_null_where_a_setting_has_a_default_is_refused_by_its_key() =>
        Assert.Equal(
            ["Antrean:Sites:default:Zone must not be null; leave it out for its default"],
            SettingMistakes.In(Section(new() { ["Sites:default:Zone"] = null, ["Sites:default:SendFrom"] = null }), typeof(AntreanOptions)));

    [Fact]
    public void A_code_that_cannot_name_a_channel_is_refused() =>
        Assert.Contains("Antrean:Sites:RS Umum is not a site code",
            Assert.Throws<OptionsValidationException>(() => Read(new() { ["Antrean:Sites:RS Umum:Name"] = "x" })).Failures.Single(), StringComparison.Ordinal);

    [Fact]
    public void A_start_without_an_offset_is_the_hospitals_own_time()
    {
        var site = new SiteOptions { Zone = "Asia/Jayapura", SendFrom = "2026-11-23T00:00:00" };
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero), ValidateAntreanOptions.SendFrom(site));

        site.SendFrom = "2026-11-23T00:00:00+07:00";
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 17, 0, 0, TimeSpan.Zero), ValidateAntreanOptions.SendFrom(site));
    }

    [Fact]
    public void Own_sources_replace_those_of_the_profile_task_by_task()
    {
        var site = Read(new()
        {
            [Site + "Profile"] = "khanza",
            [Site + "TaskSources:3:0"] = "referensi_mobilejkn_bpjs.validasi",
            [Site + "TaskSources:3:1"] = "reg_periksa.jam_reg",
        }).Sites["default"];

        var sources = TaskProfiles.Of(site);
        Assert.Equal(["referensi_mobilejkn_bpjs.validasi", "reg_periksa.jam_reg"], sources["3"]);
        Assert.Equal(["mutasi_berkas.diterima"], sources["4"]);
        Assert.Equal(["pemeriksaan_ralan.first"], sources["5"]);
    }

    [Fact]
    [Trait("Spec", "A-003")]
    public void The_specified_task_columns_are_a_profile() =>
        Assert.Equal(
            ["reg_periksa.task_id_3", "reg_periksa.task_id_4", "reg_periksa.task_id_5"],
            TaskProfiles.Of(new SiteOptions { Profile = "task-columns" }).Take(3).Select(s => s.Value.Single()));

    private static IConfigurationSection Section(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Antrean:" + s.Key, s.Value))).Build().GetSection("Antrean");

    private static AntreanOptions Read(Dictionary<string, string?> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Where(s => s.Value is not null)).Build();
        return new ServiceCollection().AddSingleton(configuration).AddAntrean(configuration)
            .BuildServiceProvider()
            .GetRequiredService<IOptions<AntreanOptions>>().Value;
    }
}
