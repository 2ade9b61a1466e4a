using Alur.Platform.Delivery;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class PatientInAnswersTests
{
    [Fact]
    public async Task What_BPJS_repeats_of_the_patient_in_its_own_words_is_kept_nowhere()
    {
        await using var bpjs = await BpjsStandIn.Start();
        using var impostor = new AnswerOnce("""
            {"metadata":{"code":201,"message":"Peserta SITI  CONTOH (telp +62 800-0001-111, 08000001111) an. Contoh, NIK 9999000000000011, RM 000011: 2026/11/20/000011 ditolak"},
             "response":{"status":"Siti Contoh belum terdaftar","list":["hp 628000001111"]}}
            """, bpjs.Simulator.Url);
        var body = BpjsStandIn.Booking("20261120000001", b => b["namapasien"] = "Siti Contoh");

        var report = await BpjsDeliveryChannelTests.Deliver(impostor.Url, $$"""{"endpoint":"antrean/add","task":"1","body":{{body}}}""");

        var reason = Assert.IsType<Rejected>(report.Outcome).Reason;
        Assert.Equal("REFUSED: 201 Peserta *** (telp ***, ***) an. ***, NIK ***, RM ***: 2026/11/20/000011 ditolak", reason);
        var kept = $"{reason} {report.Exchange!.Message} {report.Exchange.Response}";
        Assert.All((string[])["Siti", "Contoh", "0001111", "0001-111", "RM 000011"], secret => Assert.DoesNotContain(secret, kept, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("*** belum terdaftar", report.Exchange.Response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PASIEN ", "\"\"")]
    [InlineData("", "{\"status\":\"PASIEN\"}")]
    public async Task An_answer_of_megabytes_is_still_an_answer(string message, string response)
    {
        await using var bpjs = await BpjsStandIn.Start();
        var (much, words) = (string.Concat(Enumerable.Repeat("Siti 08 ", 1_000_000)), string.Concat(Enumerable.Repeat(message, 1_000_000)));
        using var impostor = new AnswerOnce($$$"""{"metadata":{"code":200,"message":"Ok {{{words}}}"},"response":{{{response.Replace("PASIEN", much, StringComparison.Ordinal)}}}}""", bpjs.Simulator.Url);
        var body = BpjsStandIn.Booking("20261120000001", b => b["namapasien"] = "Siti Contoh Pasien");

        var report = await BpjsDeliveryChannelTests.Deliver(impostor.Url, $$"""{"endpoint":"antrean/add","task":"1","body":{{body}}}""");

        Assert.IsType<Delivered>(report.Outcome);
        Assert.True(report.Exchange!.Response!.Length < 1000);
        Assert.DoesNotContain("Siti", report.Exchange.Response, StringComparison.Ordinal);
    }
}
