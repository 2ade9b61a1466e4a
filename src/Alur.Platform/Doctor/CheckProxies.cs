using Alur.Platform.Data;

namespace Alur.Platform.Doctor;

/// <summary>Nobody passes on the requests of others without being named. Says nothing where all is well.</summary>
internal sealed class CheckProxies : IDoctorCheck
{
    private const string Code = "web.proxies";

    private const string Ask = """
        select node, address, to_char(seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from platform.unnamed_proxies
        where seen_at > now() - interval '1 day' order by node
        """;

    public Words? OnlyWithDatabase { get; } = new("proxy yang tidak disebut", "proxies that are not named");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var seen = await round.Database!.Statement(Ask).Rows(r => (Node: r.GetString(0), Address: r.GetString(1), At: r.GetString(2)), ct);
        return [.. seen.Select(s => Finding.Warning(Code,
            new($"{s.Address} mengirim X-Forwarded-For ke server {s.Node} (terakhir {s.At} UTC), tetapi Web:Proxies tidak menyebutnya. Semua orang di belakangnya dihitung sebagai satu pemanggil: "
                + "satu orang asing yang terus mencoba masuk menghentikan masuknya semua orang.",
                $"{s.Address} sends X-Forwarded-For to the server {s.Node} (last at {s.At} UTC), but Web:Proxies does not name it. Everybody behind it counts as one caller: "
                + "one stranger who keeps trying to sign in stops everybody's sign-in."),
            new("Bila itu proxy Anda, sebutkan alamatnya di Web:Proxies lalu mulai ulang server. Bila bukan, header itu tidak dipercaya dan tidak perlu apa-apa.",
                "If it is your proxy, name its address in Web:Proxies and restart the server. If it is not, the header is not believed and nothing needs doing.")))];
    }
}
