using Alur.Antrean.Bpjs;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class RedactionTests
{
    private static readonly string[] s_secrets = ["0009999000011", "9999000000000011", "08000001111", "000011", "9999R0011126B000011", "Siti Contoh"];

    [Fact]
    [Trait("Spec", "A-041")]
    public void A_kept_booking_shows_what_was_booked_and_nothing_of_the_patient()
    {
        var kept = Redaction.Json(BpjsStandIn.Booking("20261120000001", b => b["namapasien"] = "Siti Contoh"))!;

        Assert.All(s_secrets, secret => Assert.DoesNotContain(secret, kept.Replace("20261120000001", "", StringComparison.Ordinal)));
        Assert.Contains("\"kodebooking\":\"20261120000001\"", kept);
        Assert.Contains("\"kodepoli\":\"INT\"", kept);
        Assert.Contains("\"tanggalperiksa\":\"2026-11-20\"", kept);
        Assert.Contains($"\"estimasidilayani\":{BpjsStandIn.At(8, 10).ToUnixTimeMilliseconds()}", kept);
        Assert.Contains("\"nomorkartu\":\"***\"", kept);
    }

    [Fact]
    public void A_kept_task_is_kept_whole()
    {
        const string Sent = """{"kodebooking":"2026/11/20/000001","taskid":3,"waktu":1795136400000}""";

        Assert.Equal(Sent, Redaction.Json(Sent));
        Assert.Equal("""{"waktu":"1795136400000"}""", Redaction.Json("""{"waktu":"1795136400000"}"""));
    }

    [Fact]
    public void A_number_that_jsonb_cannot_hold_is_kept_as_text() =>
        Assert.Equal("""{"status":"1e999999","taskid":3}""", Redaction.Json("""{"status":1e999999,"taskid":3}"""));

    [Theory]
    [InlineData("Peserta 0009999000011 tidak aktif", "Peserta *** tidak aktif")]
    [InlineData("NIK:9999000000000011.", "NIK:***.")]
    [InlineData("Kode booking 20261120000001 tidak terdaftar", "Kode booking 20261120000001 tidak terdaftar")]
    [InlineData("TaskId=3 sudah ada", "TaskId=3 sudah ada")]
    public void A_message_loses_card_and_population_numbers_only(string message, string kept) => Assert.Equal(kept, Redaction.Text(message));

    [Theory]
    [InlineData("kartu 0001234\0567890 mati", "kartu *** mati")]
    [InlineData("0\u200b009999\ufeff000\u200e\u200f011", "***")]
    [InlineData("NIK 99990000\uFFFD00000011, 9999000000000\u001b[0m011", "NIK ***, ***\uFFFD[0m011")]
    [InlineData("0001234\u200d567890", "***")]
    [InlineData("0001234\u00ad567890", "***")]
    [InlineData("1\u202e0009999000011\u202c", "1\uFFFD***\uFFFD")]
    [InlineData("1\u202e000999\u202e9000011", "***")]
    [InlineData("TaskId\u00003 jam\u000008", "TaskId\uFFFD3 jam\uFFFD08")]
    [InlineData("loket 12\u0000345678", "loket 12\uFFFD345678")]
    public void A_number_is_masked_whatever_nobody_sees_between_its_digits(string message, string kept) => Assert.Equal(kept, Redaction.Text(message));

    [Theory]
    [InlineData("Si\u200bti Con\0toh mati", "*** mati")]
    [InlineData("Siti\uFFFDContoh", "***")]
    [InlineData("a\0Si\0ti", "a\uFFFD***")]
    [InlineData("hp 0800\0000\u20601111, +6\u20602 800-0001111", "hp ***, ***")]
    [InlineData("rm 00\00011", "rm ***")]
    [InlineData("Sitiawan", "Sitiawan")]
    public void The_patient_is_masked_whatever_nobody_sees_in_the_name_or_the_number(string message, string kept) =>
        Assert.Equal(kept, Redaction.Text(message, Redaction.PatientOf("""{"namapasien":"Siti Contoh","nohp":"08000001111","norekammedis":"000011"}""")));

    // A megabyte of it is cut before it is looked at; this is the longest that is.
    [Fact]
    public void A_text_of_nothing_but_marks_and_digits_is_looked_through_in_no_time()
    {
        var patient = Redaction.PatientOf("""{"namapasien":"\uFFFD\uFFFD Siti\uFFFD\uFFFD\u200b Contoh","nohp":"08000001111"}""");

        foreach (var text in new[] { new string('\0', 64 * 1024), "S" + new string('\0', 64 * 1024), string.Concat(Enumerable.Repeat("0\0", 32 * 1024)), string.Concat(Enumerable.Repeat("8\0\0 ", 16 * 1024)) })
            Assert.NotNull(Redaction.Text(text, patient)); // beyond a second it throws
    }

    [Fact]
    public void A_list_of_bookings_is_kept_without_its_patients()
    {
        var kept = Redaction.Json("""[{"kodebooking":"A1","nik":"9999000000000011","nokapst":"0009999000011","nohp":"08000001111","norekammedis":"000011","status":"Belum dilayani","nama":"Siti Contoh"}]""")!;

        Assert.All(s_secrets, secret => Assert.DoesNotContain(secret, kept));
        Assert.Contains("\"kodebooking\":\"A1\"", kept);
        Assert.Contains("\"status\":\"Belum dilayani\"", kept);
    }

    [Theory]
    [InlineData("""{"nik":"99990000""")]
    [InlineData("""{"nik":"1","nik":"2"}""")]
    [InlineData("<html>0009999000011")]
    [InlineData("""{"nik":"9999000000000011","message":"\ud800"}""")]
    public void What_cannot_be_read_is_not_kept(string text)
    {
        var kept = Redaction.Json(text)!;

        Assert.Contains("unreadable", kept);
        Assert.DoesNotContain("9999", kept);
    }

    [Theory]
    [InlineData("""{"message":"a\u0000b"}""", """{"message":"a\uFFFDb"}""")]
    [InlineData("""{"message":"\u001b[2J\nx"}""", """{"message":"\uFFFD[2J x"}""")]
    [InlineData("""{"kodebooking":"A\u202E1","\u009bx":1}""", """{"kodebooking":"A\uFFFD1","\uFFFDx":"***"}""")]
    public void What_postgresql_cannot_hold_and_what_moves_a_screen_becomes_a_mark(string said, string kept) => Assert.Equal(kept, Redaction.Json(said));

    [Fact]
    public void Half_a_character_becomes_a_replacement_mark() => Assert.Equal("a\uFFFDb", Redaction.Text("a\ud800b"));
}
