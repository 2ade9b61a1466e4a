using Alur.Platform.Data;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// While nobody has an account, shows once the link that makes the first admin; there is no default password. Of several nodes that start at
/// once, one shows it; the others, and later starts, say how to make an account without it.
/// </summary>
internal sealed class FirstSetUpLink(NpgsqlDataSource database, FirstAccount first, IdentityOptions options, IServer server, TextWriter console) : ShownOnce(server, console)
{
    private const string MakeSql = """
        insert into identity.setup_links as l (hash, expires_at)
        select @hash, now() + make_interval(hours => @hours)
        where not exists (select from identity.users)
        on conflict ((user_id is null)) where user_id is null do update
            set hash = excluded.hash, created_at = now(), expires_at = excluded.expires_at, used_at = null
            where l.expires_at <= now()
        """;

    protected override string Missed => $"The database went away just now, so no set-up link could be made or shown. Make an account with: {FirstAccount.Command}";

    protected override async Task<string?> Make(string address, CancellationToken ct)
    {
        var secret = Secrets.New();
        if (await database.Statement(MakeSql, ("hash", Secrets.Hash(secret)), ("hours", options.LinkHours)).Run(ct) > 0)
        {
            return $"""
                Nobody has an account yet. Open this to make the first one, an admin; it works once and for {options.LinkHours} hours: {address}{SetUpLink.Prefix}{secret}
                Lost it? {FirstAccount.Command}
                """;
        }

        return await first.IsMade(ct) ? null : $"Nobody has an account yet. The link that makes the first one was shown at an earlier start and still works. Lost it? {FirstAccount.Command}";
    }
}
