using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>The account is tried with the smallest list that BPJS has; its answer also carries BPJS's clock.</summary>
internal static class CheckBpjs
{
    /// <summary>Whether it answers and takes the account.</summary>
    public const string Code = "bpjs";

    private const string SmallList = "ref/poli";

    public static async Task<IReadOnlyList<Finding>> Run(string site, BpjsOptions bpjs, bool sends, CancellationToken ct)
    {
        if (bpjs.Missing() is { Count: > 0 } missing)
        {
            var keys = string.Join(", ", missing.Select(key => $"Antrean:Sites:{site}:Bpjs:{key}"));
            return [new(Code, sends ? FindingLevel.Wrong : FindingLevel.Warning, new($"BPJS belum diatur: {keys}.", $"BPJS is not configured: {keys}."),
                new("Isi dengan data dari TrustMark untuk layanan Antrean; tanpa itu tidak ada yang dikirim.", "Fill in what TrustMark gave you for the Antrean service; nothing is sent without it."))];
        }
        using var client = new BpjsClient(bpjs);
        var reply = await client.Get(SmallList, ct);
        List<Finding> findings = [Answer(reply, bpjs)];
        if (reply.ServerTime is { } theirs)
            findings.Add(CheckClock.Judge("bpjs.clock", "BPJS", theirs - (reply.StartedAt + (reply.Duration / 2))));
        return findings;
    }

    private static Finding Answer(BpjsReply reply, BpjsOptions bpjs)
    {
        var said = BpjsExchange.WithoutAccount(BpjsExchange.Said(reply, patient: null), bpjs);
        return BpjsAnswers.Classify(BpjsCall.Reference, reply) switch
        {
            AnswerMeaning.Accepted or AnswerMeaning.AlreadyThere or AnswerMeaning.EmptyList =>
                bpjs.BaseUrl!.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                    ? Finding.Ok(Code, "BPJS menerima akun ini (ref/poli), lewat TLS yang terverifikasi.", "BPJS accepts the account (ref/poli), over verified TLS.")
                    : Finding.Ok(Code, "BPJS menerima akun ini (ref/poli), di mesin ini tanpa TLS.", "BPJS accepts the account (ref/poli), on this machine without TLS."),
            AnswerMeaning.CredentialsOrClock => Finding.Wrong(Code, new($"BPJS menolak akun ini: {said}", $"BPJS refuses the account: {said}"),
                new("Periksa ConsId, SecretKey dan UserKey layanan Antrean (bukan VClaim), lalu jam mesin ini.", "Check ConsId, SecretKey and UserKey of the Antrean service (not VClaim's), then this machine's clock.")),
            AnswerMeaning.WrongAddress => Finding.Wrong(Code, new($"Alamat BPJS salah: {said}", $"BPJS's address is wrong: {said}"),
                new("Periksa Bpjs:BaseUrl, seperti https://apijkn.bpjs-kesehatan.go.id/antreanrs", "Check Bpjs:BaseUrl, such as https://apijkn.bpjs-kesehatan.go.id/antreanrs")),
            _ when reply.Kind == ReplyKind.NoAnswer => Finding.Wrong(Code, new($"BPJS tidak menjawab: {said}", $"BPJS does not answer: {said}"),
                new("Periksa jaringan, DNS dan firewall dari mesin ini ke alamat itu; sertifikat yang ditolak berarti ada perantara di jalan.",
                    "Check network, DNS and firewall from this machine to that address; a refused certificate means that something is in between.")),
            _ => Finding.Warning(Code, new($"BPJS sedang terganggu: {said}", $"BPJS is disturbed: {said}"),
                new("Coba lagi sebentar lagi; bila lama, hubungi BPJS.", "Try again in a while; if it lasts, call BPJS.")),
        };
    }
}
