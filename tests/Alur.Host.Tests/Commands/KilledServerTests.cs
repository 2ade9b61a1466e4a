using System.Net;
using System.Net.Http.Json;
using Alur.Platform.Identity;
using Alur.Testing;
using Npgsql;

namespace Alur.Host.Tests.Commands;

/// <summary><c>kill -9</c> while somebody signs in and somebody else is changed.</summary>
public sealed class KilledServerTests
{
    private const string WaitingSql = "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()";

    private const string BusySql = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'alur_app' and xact_start is not null";

    private const string DoneSql = """
        select concat_ws(' ', u.role,
            (select count(*) from identity.sessions s where s.user_id = u.id),
            (select count(*) from audit.audit_logs a where a.user_id = u.id and a.action = 'LOGIN'),
            (select count(*) from audit.audit_logs a where a.resource_id = u.id::text and a.action = 'ROLE_CHANGE'))
        from identity.users u where u.email = $1
        """;

    [Fact]
    public async Task A_server_that_is_killed_leaves_nothing_half_done_and_the_next_one_goes_on()
    {
        await using var database = await TestDatabase.Create();
        await using var node = await AlurApp.Start(onto: database);
        await using var superuser = NpgsqlDataSource.Create(database.AdminConnectionString);
        var email = await node.NewUser(Policies.Client);
        using var admin = node.AsAdmin();
        await using (var killed = Serve(database))
        {
            var address = await killed.Line("Listening: ");
            await using var held = await database.Owner.OpenConnectionAsync();
            await using var tx = await held.BeginTransactionAsync();
            await Ask<object?>(held, "select id from identity.users where email = $1 for update", email);
            Task[] asked = [SignIn(address, email), ChangeRole(admin, address, email)];
            await Eventually.True(async () => await Ask<long>(superuser, WaitingSql) == 2);

            await killed.Kill();

            foreach (var lost in asked) await Assert.ThrowsAsync<HttpRequestException>(() => lost);
        }

        await Eventually.True(async () => await Ask<long>(superuser, BusySql) == 0);
        Assert.Equal("client 0 0 0", await Ask<string>(superuser, DoneSql, email));
        await using var next = Serve(database);
        var now = await next.Line("Listening: ");
        Assert.Equal(HttpStatusCode.OK, (await SignIn(now, email)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ChangeRole(admin, now, email)).StatusCode);
        Assert.Equal("admin 1 1 1", await Ask<string>(superuser, DoneSql, email));
    }

    private static HostProcess Serve(TestDatabase database) => HostProcess.Start(
        "serve", "--set", "urls=http://127.0.0.1:0", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", "--set", "Identity:PasswordCost=10");

    private static async Task<HttpResponseMessage> SignIn(string address, string email)
    {
        using var client = new HttpClient();
        return await client.PostAsJsonAsync($"{address}/api/auth/login", new { email, password = AlurApp.Password });
    }

    private static Task<HttpResponseMessage> ChangeRole(HttpClient admin, string address, string email) =>
        admin.PostAsJsonAsync($"{address}/api/admin/users/{email}/role", new { role = "admin" });

    private static async Task<T> Ask<T>(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await Ask<T>(connection, sql, values);
    }

    private static async Task<T> Ask<T>(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
