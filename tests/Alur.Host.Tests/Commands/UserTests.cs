using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

[Trait("Spec", "D-486")]
public sealed class UserTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task An_account_is_added_listed_changed_reset_and_shut_from_the_command_line()
    {
        var added = await Run("add", "Siti@RS-contoh.id", "--name", "Siti Aminah", "--grant", "front-office");
        Assert.Equal(0, added.ExitCode);
        Assert.Matches(@"shown only now: http://127\.0\.0\.1:5080/setup/[A-Za-z0-9_-]{43}\n$", added.Output);
        await Run("add", "ibu@rs-contoh.id", "--role", "admin");

        Assert.Equal("ibu@rs-contoh.id                 admin   never signed in\nsiti@rs-contoh.id                client  never signed in  front-office\n", (await Run("list")).Output);
        Assert.Equal("siti@rs-contoh.id is admin now.\n", (await Run("role", "siti@rs-contoh.id", "admin")).Output);
        Assert.Equal("siti@rs-contoh.id may do this now: integration\n".Replace("\n", ".\n", StringComparison.Ordinal), (await Run("grants", "siti@rs-contoh.id", "integration")).Output);
        Assert.Equal("siti@rs-contoh.id has no grants now.\n", (await Run("grants", "siti@rs-contoh.id")).Output);
        Assert.Matches("/setup/[A-Za-z0-9_-]{43}", (await Run("reset", "siti@rs-contoh.id")).Output);
        Assert.Equal("siti@rs-contoh.id can no longer sign in.\n", (await Run("disable", "siti@rs-contoh.id")).Output);

        var listed = JsonNode.Parse((await Run("list", "--json")).Output)!["users"]!.AsArray().Single(user => (string?)user!["email"] == "siti@rs-contoh.id")!;
        Assert.Equal(("Siti Aminah", "admin"), ((string?)listed["name"], (string?)listed["role"]));
        Assert.NotNull(listed["disabled_at"]);

        var last = await Run("disable", "ibu@rs-contoh.id", "--json");
        Assert.Equal(1, last.ExitCode);
        Assert.Equal("LAST_ADMIN", (string?)JsonNode.Parse(last.Output)!["code"]);
        Assert.Equal("siti@rs-contoh.id can sign in again.\n", (await Run("enable", "siti@rs-contoh.id")).Output);
        Assert.StartsWith("alur: Only a disabled account is erased", (await Run("erase", "siti@rs-contoh.id")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "This is not an e-mail address", "add", "siti")]
    [InlineData(2, "There is no role 'owner'. Known: admin, client.", "add", "a@rs.id", "--role", "owner")]
    [InlineData(2, "There is no grant 'pilot'. Known: front-office, integration.", "add", "b@rs.id", "--grant", "pilot")]
    [InlineData(2, "A phone number is 8 to 15 digits", "add", "c@rs.id", "--phone", "12")]
    [InlineData(1, "There is no account with the e-mail address nobody@rs.id.", "reset", "nobody@rs.id")]
    public async Task A_refusal_is_one_line_that_says_what_is_wrong(int exitCode, string sentence, params string[] arguments)
    {
        var refused = await Run(arguments);

        Assert.Equal(exitCode, refused.ExitCode);
        Assert.StartsWith($"alur: {sentence}", refused.Errors, StringComparison.Ordinal);
        Assert.Single(refused.Errors.Trim().Split('\n'));
    }

    private Task<(int ExitCode, string Output, string Errors)> Run(params string[] arguments) => HostProcess.Run(
        ["user", .. arguments, "--set", $"ConnectionStrings:Alur={fixture.Database.AppConnectionString}", "--set", "Identity:PasswordCost=10"]);
}
