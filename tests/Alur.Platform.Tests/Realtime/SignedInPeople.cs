using Alur.Platform.Data;
using Alur.Platform.Identity;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>People with a session each, who need no password.</summary>
internal static class SignedInPeople
{
    private const string Sql = """
        with people as (
            insert into identity.users (id, email, password, name)
            select gen_random_uuid(), gen_random_uuid() || '@rs-contoh.id', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'Siti' from generate_series(1, @many)
            returning id
        )
        insert into identity.sessions (id, user_id, kind, expires_at) select gen_random_uuid(), id, 'token', now() + interval '1 hour' from people returning id, user_id
        """;

    public static Task<List<SignedInUser>> Add(NpgsqlDataSource owner, int many) =>
        owner.Statement(Sql, ("many", many)).Rows(r => new SignedInUser(r.GetGuid(0), r.GetGuid(1), "", "Siti", "client", []), default);
}
