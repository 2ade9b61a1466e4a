using Npgsql;

namespace Alur.Platform.Data;

/// <summary>
/// The role the server runs as must not be able to get around what the schema forbids: a superuser, a role with BYPASSRLS or an owner of
/// tables is refused at start.
/// </summary>
public static class RuntimeRole
{
    private const string Ask = """
        select current_user::text,
               exists (select from pg_roles r where r.rolsuper and pg_has_role(current_user, r.oid, 'MEMBER')),
               exists (select from pg_roles r where r.rolbypassrls and not r.rolsuper and pg_has_role(current_user, r.oid, 'MEMBER')),
               exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.relkind in ('r', 'p') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
                         and pg_has_role(current_user, c.relowner, 'MEMBER')),
               coalesce((select pg_has_role(current_user, r.oid, 'USAGE') from pg_roles r where r.rolname = 'alur_app'), false)
        """;

    /// <summary>Why the role of this data source must not be used, one sentence each; empty when it may.</summary>
    public static async Task<IReadOnlyList<string>> Mistakes(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var role = reader.GetString(0);
        if (reader.GetBoolean(1))
        {
            return [$"ConnectionStrings:Alur: the role {role} is (a member of) a superuser; use alur_app"];
        }

        List<string> mistakes = [];
        if (reader.GetBoolean(2))
        {
            mistakes.Add($"ConnectionStrings:Alur: the role {role} has BYPASSRLS; use alur_app");
        }

        if (reader.GetBoolean(3))
        {
            mistakes.Add($"ConnectionStrings:Alur: the role {role} owns tables; use alur_app, and put the owner into ConnectionStrings:AlurOwner");
        }

        if (!reader.GetBoolean(4))
        {
            mistakes.Add($"ConnectionStrings:Alur: the role {role} is neither alur_app nor a member of it");
        }

        return mistakes;
    }
}
