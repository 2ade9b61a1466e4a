using System.Text.Json.Nodes;
using Alur.Simulators.Bpjs;

namespace Alur.Simulators.Tests.Bpjs;

public sealed class AddRefusalTests
{
    private const string Code = "20261120000001";

    public static TheoryData<string, string> BadFields => new()
    {
        { "kodebooking", "\"\"" }, { "kodebooking", "\"a b\"" }, { "jenispasien", "\"BPJS\"" }, { "nomorkartu", "\"123\"" }, { "nomorkartu", "\"-\"" }, { "nik", "\"12345\"" },
        { "nohp", "\"-\"" }, { "nohp", "\"\"" }, { "kodepoli", "\"\"" }, { "kodepoli", "\"poli\"" }, { "namapoli", "\"\"" }, { "pasienbaru", "2" }, { "norm", "\"\"" },
        { "tanggalperiksa", "\"20-11-2026\"" }, { "tanggalperiksa", "\"2026-02-30\"" }, { "kodedokter", "\"D0001\"" }, { "kodedokter", "0" }, { "namadokter", "\"\"" },
        { "jampraktek", "\"08.00-10.00\"" }, { "jampraktek", "\"10:00-08:00\"" }, { "jampraktek", "\"00:00-00:00\"" }, { "jeniskunjungan", "0" }, { "jeniskunjungan", "5" },
        { "nomorantrean", "\"\"" }, { "angkaantrean", "-1" }, { "estimasidilayani", "1795136400" }, { "estimasidilayani", "-62169984000000" },
        { "kuotajkn", "-1" }, { "sisakuotajkn", "-1" }, { "kuotanonjkn", "null" }, { "sisakuotanonjkn", "\"x\"" }, { "keterangan", "null" }, { "nomorreferensi", "null" },
    };

    [Theory, MemberData(nameof(BadFields))]
    public async Task A_booking_with_a_wrong_field_is_refused_and_not_kept(string field, string json)
    {
        await using var bpjs = await Caller.Start();

        var answer = await bpjs.Add(Code, b => b[field] = JsonNode.Parse(json));

        Assert.Equal((201, $"{field} tidak sesuai"), (answer.Code, answer.Message));
        Assert.Empty(bpjs.Simulator.Ledger.Bookings);
        Assert.Equal(201, Assert.Single(bpjs.Simulator.Ledger.Refusals).Code);
    }

    [Fact]
    public async Task A_complete_booking_is_accepted_once_and_a_duplicate_is_told_so()
    {
        await using var bpjs = await Caller.Start();

        Assert.Equal((200, "Ok"), Told(await bpjs.Add(Code)));
        Assert.Equal((208, "Terdapat duplikasi Kode Booking"), Told(await bpjs.Add(Code)));
        Assert.Single(bpjs.Simulator.Ledger.Bookings);
        Assert.Empty(bpjs.Simulator.Ledger.Refusals);
    }

    [Fact]
    public async Task A_patient_without_bpjs_needs_no_card_nor_reference()
    {
        await using var bpjs = await Caller.Start();

        var answer = await bpjs.Add(Code, b => (b["jenispasien"], b["nomorkartu"], b["nik"], b["nohp"], b["nomorreferensi"], b["kodedokter"]) = ("NON JKN", "-", "-", "-", "-", "900002"));

        Assert.Equal(200, answer.Code);
        Assert.Equal("NON JKN", Assert.Single(bpjs.Simulator.Ledger.Bookings).Jenispasien);
    }

    [Theory]
    [InlineData("2026-11-19", 201)]
    [InlineData("2026-11-20", 200)]
    [InlineData("2026-11-27", 200)]
    public async Task Only_today_and_later_can_be_booked_by_the_hospitals_clock(string day, int code)
    {
        await using var bpjs = await Caller.Start();

        Assert.Equal(code, (await bpjs.Add(Code, b => b["tanggalperiksa"] = day)).Code);
    }

    [Theory]
    [InlineData(ReferenceFlaw.Mismatch, "data nomorreferensi  belum sesuai.")]
    [InlineData(ReferenceFlaw.Invalid, "Rujukan tidak valid")]
    [InlineData(ReferenceFlaw.Expired, "Rujukan nomor R1 masa berlaku habis")]
    [InlineData(ReferenceFlaw.SepIssued, "Rujukan R1 sudah terbit SEP")]
    public async Task A_flawed_reference_is_refused_in_bpjs_own_words(ReferenceFlaw flaw, string message)
    {
        await using var bpjs = await Caller.Start();
        bpjs.Simulator.SetFlaw("R1", flaw);

        Assert.Equal((201, message), Told(await bpjs.Add(Code, b => b["nomorreferensi"] = "R1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    public async Task A_bpjs_patient_without_a_reference_is_refused(string reference)
    {
        await using var bpjs = await Caller.Start();

        Assert.Equal((201, "data nomorreferensi  belum sesuai."), Told(await bpjs.Add(Code, b => b["nomorreferensi"] = reference)));
    }

    [Fact]
    public async Task A_body_that_is_no_object_is_refused()
    {
        await using var bpjs = await Caller.Start();

        Assert.Equal(201, (await bpjs.Post("antrean/add", new JsonArray())).Code);
    }

    private static (int, string) Told((System.Net.HttpStatusCode Http, int Code, string Message) answer) => (answer.Code, answer.Message);
}
