using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Identity;

/// <summary>The table as the specification describes it; PostgreSQL is the referee.</summary>
public sealed class UserTableTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string Hash = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    private const string InsertSql = """
        insert into identity.users (id, email, password, name, phone, role) values (gen_random_uuid(), @email, @password, 'Siti', @phone, @role)
        """;

    private const string ColumnsSql = """
        select column_name || ' ' || data_type || case is_nullable when 'YES' then ' optional' else '' end
        from information_schema.columns where table_schema = 'identity' and table_name = 'users' order by ordinal_position
        """;

    private const string IndexesSql = """
        select regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX (\S+) ON identity.users USING btree ', '\1\2 ') from pg_indexes
        where schemaname = 'identity' and tablename = 'users' order by indexname
        """;

    [Fact]
    [Trait("Spec", "D-015"), Trait("Spec", "D-016"), Trait("Spec", "D-017"), Trait("Spec", "D-018"), Trait("Spec", "D-019")]
    [Trait("Spec", "D-020"), Trait("Spec", "D-021"), Trait("Spec", "D-022")]
    public async Task It_has_exactly_the_specified_columns() => Assert.Equal(
        ["id uuid", "email text", "password text", "name text", "phone text optional", "role text", "created_at timestamp with time zone"],
        await fixture.App.Statement(ColumnsSql).Rows(r => r.GetString(0), default));

    [Fact]
    [Trait("Spec", "D-023"), Trait("Spec", "D-024"), Trait("Spec", "D-025"), Trait("Spec", "D-026"), Trait("Spec", "D-027"), Trait("Spec", "D-028"), Trait("Spec", "D-318")]
    public async Task It_has_every_specified_index_by_name() => Assert.Equal(
        [
            "users_created_at (created_at)", "UNIQUE users_email (email)", "UNIQUE users_pkey (id)", "users_role (role)",
            "users_role_created_at (role, created_at)", "users_role_created_at_desc (role, created_at DESC)",
        ],
        await fixture.App.Statement(IndexesSql).Rows(r => r.GetString(0), default));

    [Theory]
    [Trait("Spec", "D-029"), Trait("Spec", "D-017")]
    [InlineData("plain")]
    [InlineData("@rs.id")]
    [InlineData("siti@rs")]
    [InlineData("siti@rs.i")]
    [InlineData("si ti@rs.id")]
    [InlineData("siti@rs.id\n")]
    public async Task What_is_no_email_address_is_refused(string email) => Assert.Equal("users_email_format", await Refused(email: email));

    [Theory]
    [Trait("Spec", "D-030"), Trait("Spec", "D-020")]
    [InlineData("1234567")]
    [InlineData("1234567890123456")]
    [InlineData("+62 812 345 678")]
    [InlineData("0812-3456-789")]
    [InlineData("62+81234567")]
    public async Task What_is_no_phone_number_is_refused(string phone) => Assert.Equal("users_phone_format", await Refused(phone: phone));

    [Theory]
    [Trait("Spec", "D-030")]
    [InlineData("+6281234567890")]
    [InlineData("08123456")]
    [InlineData(null)]
    public async Task A_phone_number_may_be_left_out_or_have_a_plus(string? phone) =>
        Assert.Equal(1, await Insert($"p{phone?.TrimStart('+')}@rs.id", phone, "client", Hash));

    [Theory]
    [Trait("Spec", "D-034"), Trait("Spec", "D-021")]
    [InlineData("owner")]
    [InlineData("Admin")]
    [InlineData("")]
    public async Task There_are_two_roles_and_no_third(string role) => Assert.Equal("users_role", await Refused(role: role));

    [Theory]
    [Trait("Spec", "D-018")]
    [InlineData("secret")]
    [InlineData("5f4dcc3b5aa765d61d8327deb882cf99")]
    [InlineData("$1$abc$def")]
    public async Task No_other_form_of_a_password_can_be_stored(string password) => Assert.Equal("users_password_bcrypt", await Refused(password: password));

    [Fact]
    [Trait("Spec", "D-024")]
    public async Task One_address_has_one_account_however_it_is_written()
    {
        await Insert("one@rs.id", phone: null, "client", Hash);

        Assert.Equal("users_email", await Refused(email: "one@rs.id"));
        Assert.Equal("users_email_form", await Refused(email: "One@rs.id"));
    }

    [Theory]
    [InlineData("delete from identity.users")]
    [InlineData("delete from identity.sign_ins")]
    [InlineData("truncate identity.users cascade")]
    public async Task The_server_cannot_delete_accounts(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => fixture.App.Statement(sql).Run(default));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private async Task<string?> Refused(string email = "new@rs.id", string? phone = null, string role = "client", string password = Hash) =>
        (await Assert.ThrowsAsync<PostgresException>(() => Insert(email, phone, role, password))).ConstraintName;

    private Task<int> Insert(string email, string? phone, string role, string password) =>
        fixture.App.Statement(InsertSql, ("email", email), ("phone", phone), ("role", role), ("password", password)).Run(default);
}
