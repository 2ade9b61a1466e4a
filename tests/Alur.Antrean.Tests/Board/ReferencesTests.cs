using System.Net;
using System.Text.Json.Nodes;
using Alur.Antrean.Tests.References;
using Alur.Testing;

namespace Alur.Antrean.Tests.Board;

public sealed class ReferencesTests
{
    [Fact]
    public async Task Differences_are_walked_through_page_by_page_and_say_what_to_do()
    {
        await using var hospital = await Differing();
        await using var app = await hospital.Serve();

        var all = (await app.Get("/api/antrean/references/differences"))["data"]!.AsArray();
        var walked = await app.Walk("/api/antrean/references/differences?limit=1");

        Assert.Equal(["CLINIC_NAME_DIFFERS", "DOCTOR_NAME_DIFFERS", "HOURS_DIFFER", "QUOTA_DIFFERS"], all.Select(d => (string?)d!["kind"]));
        Assert.Equal(all.Select(Text), walked.Select(Text));
        var hours = all[2]!;
        Assert.Equal(("2026-01-20", "101", "Poli Anak", "ANA", "D001", "292667"),
            ((string?)hours["day"], (string?)hours["poli_id"], (string?)hours["poli"], (string?)hours["kodepoli"], (string?)hours["dokter_id"], (string?)hours["kodedokter"]));
        Assert.Equal((11, 10, "07:00-23:59", "07:00-12:00"),
            ((int)hours["visits"]!, hours["visit_ids"]!.AsArray().Count, (string?)hours["khanza"], (string?)hours["bpjs"]));
        Assert.Equal("HFIS operator", (string?)hours["explanation"]!["mended_by"]);
        Assert.EndsWith("Z", (string?)hours["fetched_at"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_found_by_kind_day_clinic_doctor_and_visit()
    {
        await using var hospital = await Differing();
        await using var app = await hospital.Serve();

        Assert.Equal(1, await Count("kind=HOURS_DIFFER"));
        Assert.Equal(1, await Count("date=2026-01-20"));
        Assert.Equal(1, await Count("date=2026-01-21"));
        Assert.Equal(3, await Count("poli_id=101"));
        Assert.Equal(1, await Count("dokter_id=D002"));
        Assert.Equal(2, await Count("visit_id=2026%2F01%2F20%2F000011")); // its hours, and its clinic's name
        Assert.Equal(0, await Count("poli_id=999"));
        await Refusal.Of(app.AsApiCaller().GetAsync("/api/antrean/references/differences?kind=ELSE"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "kind");
        await Refusal.Of(app.AsApiCaller().GetAsync("/api/antrean/references/differences?site=nowhere"), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");

        async Task<int> Count(string query) => (await app.Get("/api/antrean/references/differences?" + query))["data"]!.AsArray().Count;
    }

    [Fact]
    public async Task The_age_of_every_list_is_shown_and_a_refresh_can_be_asked_for()
    {
        await using var hospital = await Differing();
        await using var app = await hospital.Serve();
        var asked = hospital.Asked().Count();
        Assert.Equal(0, (await hospital.Refresh()).Asked);

        var refreshing = await app.Post("/api/antrean/references/refresh");
        var lists = (await app.Get("/api/antrean/references"))["data"]!.AsArray();

        Assert.Equal((4, 600), ((int)refreshing["refreshing"]!, (int)refreshing["within_seconds"]!));
        Assert.Equal(4, (await hospital.Refresh()).Asked);
        Assert.Equal(asked + 4, hospital.Asked().Count());
        Assert.Equal(["api-key:test 4"], await hospital.Column("select concat_ws(' ', left(performed_by, 12), new_values->>'asked_again') from audit.audit_logs where resource = 'reference_lists'"));
        await app.Post("/api/antrean/references/refresh"); // the impatient hand: it was asked for a moment ago
        Assert.Equal(0, (await hospital.Refresh()).Asked);
        Assert.Equal(
            ["jadwaldokter/kodepoli/ANA/tanggal/2026-01-20 1", "jadwaldokter/kodepoli/ANA/tanggal/2026-01-21 1", "khanza/jadwal 3",
             "khanza/maping_dokter_dpjpvclaim 2", "khanza/maping_poli_bpjs 2", "ref/dokter 2", "ref/poli 1"],
            lists.Select(l => $"{l!["path"]} {l["rows"]}"));
        Assert.All(lists, l => Assert.NotNull((string?)l!["fetched_at"]));
        await Refusal.Of(app.AsApiCaller().PostAsync("/api/antrean/references/refresh?site=nowhere", content: null), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
    }

    [Fact]
    public async Task Without_an_account_at_BPJS_a_refresh_says_what_is_missing()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:SecretKey"] = null });
        await using var app = await hospital.Serve();

        var refused = await Refusal.Of(app.AsApiCaller().PostAsync("/api/antrean/references/refresh", content: null), HttpStatusCode.Conflict, "BPJS_NOT_CONFIGURED", "site");

        Assert.Contains("Antrean:Sites:default:Bpjs:SecretKey", (string?)refused["detail"], StringComparison.Ordinal);
    }

    private static string Text(JsonNode? difference) => difference!.ToJsonString();

    /// <summary>Four differences, and eleven visits under hours that HFIS does not have.</summary>
    private static async Task<TestHospital> Differing()
    {
        var hospital = await TestHospital.Open();
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed with
        {
            Clinics = [new("ANA", "ANAK GIGI", "ANA", "ANAK GIGI")],
            Doctors = [new(292667, "dr. Satu"), new(292668, "dr. Lain")],
            Hours = [ReferenceDay.Agreed.Hours[0] with { To = new(12, 0) }, ReferenceDay.Agreed.Hours[1] with { Capacity = 7 }],
        });
        for (var i = 1; i <= 11; i++)
            await hospital.Register($"2026/01/20/{i:000000}");
        await hospital.Poll();
        await hospital.Refresh();
        return hospital;
    }
}
