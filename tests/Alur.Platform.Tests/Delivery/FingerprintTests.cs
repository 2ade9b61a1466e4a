using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

public sealed class FingerprintTests
{
    [Theory]
    [Trait("Spec", "A-147")]
    [InlineData("Kode booking 20260120A0001 tidak ditemukan", "Kode booking 20260121B0017 tidak ditemukan")]
    [InlineData("Visit 2026/01/20/000123 at 07:05:00", "Visit 2026/12/01/004567 at 23:59:59.123")]
    [InlineData("Expired 2026-01-20T07:05:00+07:00", "expired 2025-11-02T23:05:59Z")]
    [InlineData("Expired 2026-01-20 07:05:00", "Expired 2025-11-02  23:05:59")]
    [InlineData("Job 0193b5a2-6f1e-7c3d-8a9b-0c1d2e3f4a5b", "Job d3b07384-d9a0-4c9b-8f3e-aabbccddeeff")]
    [InlineData("Field 'nik' is empty", "Field 'nohp' is empty")]
    [InlineData("Field \"Poli Anak\" is wrong", "Field \"Poli Mata\" is wrong")]
    [InlineData("  Too   many\n requests ", "too many requests")]
    [InlineData("Took 1.5 s", "Took 12 s")]
    public void Failures_that_mean_the_same_share_a_fingerprint(string one, string other) =>
        Assert.Equal(Fingerprint.Of("201", one), Fingerprint.Of("201", other));

    [Theory]
    [InlineData("201", "Dokter tidak ditemukan", "201", "Poli tidak ditemukan")]
    [InlineData("201", "Ditolak", "202", "Ditolak")]
    [InlineData("201", "can't connect", "201", "won't connect")]
    [InlineData(null, "Ditolak", "201", "Ditolak")]
    public void Failures_that_mean_something_else_do_not(string? code, string one, string? otherCode, string other) =>
        Assert.NotEqual(Fingerprint.Of(code, one), Fingerprint.Of(otherCode, other));

    [Fact]
    public void Nothing_at_all_has_a_fingerprint_too_and_long_texts_are_cut()
    {
        Assert.Equal("-: ", Fingerprint.Of(null, null));
        Assert.True(Fingerprint.Of("201", new string('x', 10_000)).Length < 300);
    }

    /// <summary>Found by fuzzing: the cut fell into an emoji, and half of one cannot be stored.</summary>
    [Fact]
    public void A_text_is_never_cut_in_the_middle_of_a_character() =>
        Assert.Equal("201: " + new string('x', 199), Fingerprint.Of("201", new string('x', 199) + "\ud83d\ude00"));
}
