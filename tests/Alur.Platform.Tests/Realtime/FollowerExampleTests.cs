using System.Diagnostics;
using Alur.Platform.Data;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>The program of the documentation, which others will copy, does what a client must do that misses nothing.</summary>
public sealed class FollowerExampleTests(SchoolFixture fixture) : IClassFixture<SchoolFixture>
{
    private const string WaitingSql = "select count(*)::int from realtime.websocket_message_queue where user_id = @user and not acknowledged";

    private School School => fixture.School;

    [Fact]
    public async Task It_takes_more_than_it_may_answer_one_by_one_and_goes_on_when_its_session_ends()
    {
        var siti = await School.Enrol();
        await School.Send([.. Enumerable.Range(0, 90).Select(_ => siti.Message())]);
        using var follower = await Follower.Start(School, siti);

        await Eventually.True(async () => follower.Count("\"type\":\"message\"") == 90 && await Waiting(siti) == 0);
        await School.App.Database.App.Statement("update identity.sessions set ended_at = now(), ended_by = 'sign-out' where user_id = @user and ended_at is null", ("user", siti.Id)).Run(default);
        await Eventually.True(() => follower.Count("closed 4401") == 1 && follower.Count("\"type\":\"subscribed\"") == 2);
        await School.Send(siti.Message());

        await Eventually.True(async () => follower.Count("\"type\":\"message\"") == 91 && await Waiting(siti) == 0);
        Assert.Equal(1, follower.Count("closed "));
    }

    private async Task<int> Waiting(Person person) => (await School.App.Database.App.Statement(WaitingSql, ("user", person.Id)).Rows(r => r.GetInt32(0), default)).Single();

    /// <summary>The program in a process, and what it says.</summary>
    private sealed class Follower : IDisposable
    {
        private readonly string _place = Directory.CreateTempSubdirectory("alur-follower-").FullName;
        private readonly List<string> _said = [];
        private readonly Process _process;

        private Follower(School school, Person person, string packages)
        {
            var program = Path.Combine(_place, "follow.mjs");
            File.Copy(Path.Combine(Checkout.Root, "docs/examples/follow.mjs"), program);
            Directory.CreateSymbolicLink(Path.Combine(_place, "node_modules"), packages);
            var start = new ProcessStartInfo("node", [program, school.Address.Authority, "availability"]) { RedirectStandardOutput = true, UseShellExecute = false };
            (start.Environment["EMAIL"], start.Environment["PASSWORD"]) = (person.Email, AlurApp.Password);
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => { lock (_said) _said.Add(line.Data ?? ""); };
            _process.BeginOutputReadLine();
        }

        public static async Task<Follower> Start(School school, Person person) => new(school, person, await Crosscheck.Packages());

        public int Count(string part)
        {
            lock (_said) return _said.Count(line => line.Contains(part, StringComparison.Ordinal));
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            Directory.Delete(_place, recursive: true);
        }
    }
}
