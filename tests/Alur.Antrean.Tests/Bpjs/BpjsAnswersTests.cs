using Alur.Antrean.Bpjs;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>Every answer that is known of BPJS, with the texts as hospitals have seen them.</summary>
public sealed class BpjsAnswersTests
{
    public static TheoryData<string, string, string, string> Known => new()
    {
        // path, code, message, meaning
        { "antrean/add", "200", "Ok", nameof(AnswerMeaning.Accepted) },
        { "antrean/updatewaktu", "200", "Ok.", nameof(AnswerMeaning.Accepted) },
        { "antrean/batal", "200", "Sukses", nameof(AnswerMeaning.Accepted) },
        { "ref/poli", "1", "Ok", nameof(AnswerMeaning.Accepted) },
        { "ref/dokter", "1", "Ok", nameof(AnswerMeaning.Accepted) },
        { "ref/pasien/fp/identitas/nik/noidentitas/1", "1", "Ok", nameof(AnswerMeaning.Accepted) },
        { "antrean/add", "1", "Ok", nameof(AnswerMeaning.Refused) },
        { "antrean/add", "208", "Terdapat duplikasi Kode Booking", nameof(AnswerMeaning.AlreadyThere) },
        { "antrean/updatewaktu", "208", "TaskId=3 sudah ada", nameof(AnswerMeaning.AlreadyThere) },
        { "antrean/farmasi/add", "201", "Data farmasi sudah ada", nameof(AnswerMeaning.AlreadyThere) },
        { "antrean/updatewaktu", "201", "TaskId terakhir 5", nameof(AnswerMeaning.LaterTaskRecorded) },
        { "antrean/updatewaktu", "201", "TaskId terakhir = 9", nameof(AnswerMeaning.LaterTaskRecorded) },
        { "antrean/updatewaktu", "201", "TaskId terakhir 99", nameof(AnswerMeaning.CancelledAtBpjs) },
        { "antrean/updatewaktu", "201", "taskid  TERAKHIR = 99.", nameof(AnswerMeaning.CancelledAtBpjs) },
        { "antrean/updatewaktu", "201", "TaskId=2 belum ada", nameof(AnswerMeaning.PredecessorMissing) },
        { "antrean/updatewaktu", "201", "Task id = 3 belum terkirim", nameof(AnswerMeaning.PredecessorMissing) },
        { "antrean/updatewaktu", "201", "TaskId sebelumnya belum dikirim", nameof(AnswerMeaning.PredecessorMissing) },
        { "antrean/updatewaktu", "201", "Waktu tidak boleh kurang atau sama dengan waktu sebelumnya (2026-01-20 08:15:00 WIB)", nameof(AnswerMeaning.NotLater) },
        { "antrean/updatewaktu", "201", "Waktu (2026-01-20 09:15:00 WIB) lebih besar dari pada TaskId=4 (2026-01-20 09:00:00 WIB)", nameof(AnswerMeaning.LaterThanFollowing) },
        { "antrean/updatewaktu", "201", "Waktu (2026-01-20 09:15:00 WIB) lebih besar daripada TaskId=4", nameof(AnswerMeaning.LaterThanFollowing) },
        // Names the booking, yet the booking is known: a bare test for "booking" would send us back to add.
        { "antrean/updatewaktu", "201", "Waktu tidak valid (2026-01-21 00:10:00 WIB). Tanggal pelayanan untuk Kode Booking tersebut adalah (2026-01-20)", nameof(AnswerMeaning.WrongDay) },
        { "antrean/updatewaktu", "201", "Kode Booking tidak ditemukan", nameof(AnswerMeaning.BookingUnknown) },
        { "antrean/updatewaktu", "201", "Kodebooking belum terdaftar", nameof(AnswerMeaning.BookingUnknown) },
        { "antrean/batal", "201", "Kode booking 20260120000001 tidak terdaftar", nameof(AnswerMeaning.BookingUnknown) },
        { "antrean/batal", "201", "Data booking tidak ada", nameof(AnswerMeaning.BookingUnknown) },
        { "antrean/getlisttask", "201", "Kode Booking tidak ditemukan", nameof(AnswerMeaning.BookingUnknown) },
        { "antrean/add", "201", "data nomorreferensi  belum sesuai.", nameof(AnswerMeaning.ReferenceMismatch) },
        { "antrean/add", "201", "Rujukan tidak valid", nameof(AnswerMeaning.ReferralInvalid) },
        { "antrean/add", "201", "Rujukan nomor 9999R0011126B000011 tidak sesuai", nameof(AnswerMeaning.ReferralInvalid) },
        { "antrean/add", "201", "Masa berlaku rujukan habis", nameof(AnswerMeaning.ReferralInvalid) },
        { "antrean/add", "201", "Pasien sudah terbit SEP", nameof(AnswerMeaning.SepIssued) },
        { "antrean/pendaftaran/tanggal/2026-01-20", "201", "No Content", nameof(AnswerMeaning.EmptyList) },
        { "antrean/getlisttask", "204", "No Content", nameof(AnswerMeaning.EmptyList) },
        { "antrean/add", "201", "Service Expired", nameof(AnswerMeaning.CredentialsOrClock) },
        { "antrean/updatewaktu", "401", "apa pun", nameof(AnswerMeaning.CredentialsOrClock) },
        { "antrean/updatewaktu", "201", "Unauthorized", nameof(AnswerMeaning.CredentialsOrClock) },
        { "antrean/getlisttask", "201", "Signature tidak sesuai", nameof(AnswerMeaning.CredentialsOrClock) },
        { "antrean/updatewaktu", "404", "Gagal dicoba kembali (BPJS Kesehatan)", nameof(AnswerMeaning.TryAgain) },
        { "antrean/add", "404", "lain", nameof(AnswerMeaning.TryAgain) },
        { "antrean/add", "500", "Terjadi kesalahan", nameof(AnswerMeaning.Outage) },
        { "antrean/add", "429", "Terlalu banyak", nameof(AnswerMeaning.TooMany) },
        // Undocumented refusals are final.
        { "antrean/add", "201", "Poli tutup pada hari itu", nameof(AnswerMeaning.Refused) },
        { "antrean/updatewaktu", "201", "", nameof(AnswerMeaning.Refused) },
        { "antrean/updatewaktu", "777", "apa pun", nameof(AnswerMeaning.Refused) },
        // The same words on another call mean something else, or nothing known.
        { "antrean/add", "201", "TaskId terakhir 99", nameof(AnswerMeaning.Refused) },
        { "antrean/add", "201", "Data sudah ada", nameof(AnswerMeaning.Refused) },
        { "antrean/add", "201", "Dokter tidak ditemukan", nameof(AnswerMeaning.Refused) },
        { "antrean/batal", "204", "No Content", nameof(AnswerMeaning.Refused) },
    };

    [Theory, MemberData(nameof(Known))]
    [Trait("Failure", "5.8")]
    [Trait("Failure", "5.9")]
    public void A_known_answer_has_its_meaning(string path, string code, string message, string meaning) =>
        Assert.Equal(meaning, BpjsAnswers.Classify(BpjsAnswers.CallOf(path), Said(code, message)).ToString());

    [Theory, MemberData(nameof(Known))]
    public void Case_and_white_space_change_no_meaning(string path, string code, string message, string meaning) =>
        Assert.Equal(meaning, BpjsAnswers.Classify(BpjsAnswers.CallOf(path), Said(code, $"  {message.ToUpperInvariant().Replace(" ", "\t \n", StringComparison.Ordinal)} ")).ToString());

    public static TheoryData<string, string> WithoutEnvelope => new()
    {
        { nameof(ReplyKind.NoAnswer), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.ServerError), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.Empty), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.NotJson), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.BadEnvelope), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.Undecryptable), nameof(AnswerMeaning.Outage) },
        { nameof(ReplyKind.Denied), nameof(AnswerMeaning.CredentialsOrClock) },
        { nameof(ReplyKind.TooMany), nameof(AnswerMeaning.TooMany) },
        { nameof(ReplyKind.Moved), nameof(AnswerMeaning.WrongAddress) },
        { nameof(ReplyKind.NoSuchPath), nameof(AnswerMeaning.WrongAddress) },
    };

    [Theory, MemberData(nameof(WithoutEnvelope))]
    public void What_is_no_bpjs_envelope_has_its_meaning_whatever_it_says(string kind, string meaning)
    {
        var reply = new BpjsReply(Enum.Parse<ReplyKind>(kind), 500, "200", "TaskId terakhir 99");

        Assert.All(Enum.GetValues<BpjsCall>().Where(c => c is not (BpjsCall.Any or BpjsCall.Commands or BpjsCall.Lists)), call =>
            Assert.Equal(meaning, BpjsAnswers.Classify(call, reply).ToString()));
    }

    [Theory]
    [Trait("Failure", "5.19")]
    [InlineData("200", true)]
    [InlineData("208", true)]
    [InlineData("201", false)]
    [InlineData("202", false)]
    [InlineData("400", false)]
    [InlineData("404", false)]
    [InlineData("500", false)]
    [InlineData("2000", false)]
    [InlineData("", false)]
    [Trait("Spec", "A-034")]
    public void Success_of_a_command_means_200_or_208_and_nothing_else(string code, bool success) =>
        Assert.All([BpjsCall.Add, BpjsCall.UpdateWaktu, BpjsCall.Batal], call =>
            Assert.Equal(success, BpjsAnswers.ActionFor(BpjsAnswers.Classify(call, Said(code, "Ok"))) == AnswerAction.Success));

    [Fact]
    public void Every_meaning_has_an_action() => Assert.All(Enum.GetValues<AnswerMeaning>(), meaning => Assert.True(Enum.IsDefined(BpjsAnswers.ActionFor(meaning))));

    private static BpjsReply Said(string code, string message) => new(ReplyKind.Envelope, 200, code, message);
}
