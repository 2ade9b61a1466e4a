using Alur.Platform.Alerts;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Tests.Doctor;

public sealed class RunDoctorTests
{
    [Fact]
    public async Task A_database_in_order_gets_one_good_line_each()
    {
        await using var database = await TestDatabase.Create();
        await Owner(database, "select delivery.ensure_partitions()");

        var findings = await Look(database.AppConnectionString);

        // Nobody has named a place for the key that seals.
        Assert.All(findings, f => Assert.True(f.Level == (f.Check == "journal.seal" ? FindingLevel.Warning : FindingLevel.Ok), f.ToString()));
        Assert.Equal(["postgres", "postgres.role", "postgres.migrations", "postgres.partitions", "delivery", "journal", "journal.seal"], findings.Select(f => f.Check));
    }

    [Fact]
    public async Task What_stands_still_in_the_delivery_engine_is_told_with_its_channel()
    {
        await using var database = await TestDatabase.Create();
        await Owner(database, """
            insert into platform.webhook_endpoints (id, url, description, event_types, secret, created_by) values ('0199d1c2-0000-7000-8000-000000000001', 'https://kasir.example:9443/secret', 'Kasir', '{antrean.*}', '\x00', 'test');
            insert into platform.breakers (name, state, opened_at, retry_at, last_error) values ('bpjs:north', 'OPEN', now(), now() + interval '1 minute', 'no connection');
            insert into delivery.channels (name, breaker, paused_until, paused_reason) values ('bpjs:north', 'bpjs:north', 'infinity', 'holiday'), ('bpjs:south', null, null, null), ('bpjs:west', null, 'infinity', 'Not configured: key'), ('hook:0199d1c2-0000-7000-8000-000000000001', null, null, null);
            insert into delivery.lanes (channel, key, state, head_step, due_at) values ('bpjs:north', 'a', 'PARKED', 1, now()), ('hook:0199d1c2-0000-7000-8000-000000000001', 'a', 'PARKED', 1, now()), ('bpjs:south', 'b', 'OPEN', 1, now()), ('bpjs:south', 'c', 'OPEN', 1, now());
            insert into delivery.jobs (channel, key, step, payload, created_at) values ('bpjs:south', 'b', 1, '{}', now() - interval '3 hours'), ('bpjs:south', 'c', 1, '{}', now());
            """);

        var findings = (await Look(database.AppConnectionString)).Where(f => f.Check.StartsWith("delivery", StringComparison.Ordinal)).ToList();
        var south = (await Look(database.AppConnectionString, "south")).Where(f => f.Check.StartsWith("delivery", StringComparison.Ordinal));

        Assert.Equal(["delivery.parked Wrong", "delivery.parked Wrong", "delivery.paused Wrong", "delivery.paused Warning", "delivery.breaker Warning", "delivery.old Warning"], findings.Select(f => $"{f.Check} {f.Level}"));
        Assert.Equal((null, "webhook Kasir (kasir.example:9443): 1 history stands still behind a message that failed to reach its webhook."), (findings[1].Subject, findings[1].Found.English));
        Assert.Contains("until somebody resumes it: holiday", findings[2].Found.English, StringComparison.Ordinal);
        Assert.Contains("1 visit stands still behind a failed delivery", findings[0].Found.English, StringComparison.Ordinal);
        Assert.Contains("1 delivery has waited for more than an hour, the oldest 3 h", findings[5].Found.English, StringComparison.Ordinal);
        Assert.All(findings, f => Assert.NotNull(f.Do));
        Assert.Equal("delivery.old", Assert.Single(south).Check);
    }

    [Fact]
    public async Task A_partition_that_is_missing_and_rows_in_the_default_one_are_told()
    {
        await using var database = await TestDatabase.Create();
        await Owner(database, """
            insert into delivery.attempts (job_id, lease_token, attempt, outcome, counted, fenced_off, duration_ms, started_at) values (1, gen_random_uuid(), 1, 'DELIVERED', true, false, 1, now());
            """);

        var findings = (await Look(database.AppConnectionString)).Where(f => f.Check == "postgres.partitions").ToList();

        Assert.Contains(findings, f => f.Level == FindingLevel.Warning && f.Found.English.StartsWith("Next month's partition", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Level == FindingLevel.Warning && f.Found.English.Contains("attempts_default", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_that_owns_the_tables_or_a_schema_that_is_behind_is_wrong()
    {
        await using var database = await TestDatabase.Create();
        await using var empty = await TestDatabase.CreateEmpty();

        var owner = await Look(database.OwnerConnectionString);
        var behind = await Look(empty.AppConnectionString);

        Assert.Contains(owner, f => f is { Check: "postgres.role", Level: FindingLevel.Wrong });
        Assert.Contains("./alur migrate up", Assert.Single(behind, f => f is { Check: "postgres.migrations", Level: FindingLevel.Wrong }).Do!.Indonesian, StringComparison.Ordinal);
        Assert.DoesNotContain(behind, f => f.Check.StartsWith("delivery", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_PostgreSQL_answers_is_one_line()
    {
        await using var database = await TestDatabase.Create();

        var findings = await Look(new NpgsqlConnectionStringBuilder(database.AppConnectionString) { Database = "no\nsuch\u001b[2J" }.ConnectionString);

        var words = Assert.Single(findings, f => f is { Check: "postgres", Level: FindingLevel.Wrong }).Found;
        Assert.Contains("no such\uFFFD[2J", words.English, StringComparison.Ordinal);
        Assert.DoesNotContain(words.Indonesian + words.English, char.IsControl);
    }

    [Fact]
    public async Task Edited_migrations_are_told_in_the_words_in_which_migrate_up_refuses_them()
    {
        await using var database = await TestDatabase.Create();
        await Owner(database, "update platform.migrations set checksum = 'another' where module = 'platform' and number = 1");
        await using var services = new ServiceCollection().AddPlatform(new ConfigurationBuilder().Build()).BuildServiceProvider();

        var finding = Assert.Single(await Look(database.AppConnectionString), f => f.Check == "postgres.migrations");
        var refusal = await Assert.ThrowsAsync<MigrationFailedException>(() => new Migrator(database.OwnerConnectionString, [.. services.GetServices<ModuleMigrations>()]).Up());

        Assert.Equal(refusal.Message, $"{finding.Found.English} {finding.Do!.English}");
    }

    [Fact]
    public async Task A_database_that_does_not_answer_leaves_the_checks_that_need_none()
    {
        await using var services = new ServiceCollection().AddPlatform(new ConfigurationBuilder().Build())
            .AddSingleton<IDoctorCheck>(new Elsewhere(() => new TimeoutException("no answer from there"))).BuildServiceProvider();

        var closed = await RunDoctor.Run(services, new DatabasePlace(Directory: null, "Host=127.0.0.1;Port=1;Username=alur_app;Password=hidden;Database=alur"), subject: null, CancellationToken.None);
        var none = await RunDoctor.Run(services, new DatabasePlace(Directory: "/", ConnectionString: null), subject: null, CancellationToken.None);

        Assert.Equal(["postgres", "doctor.Elsewhere", "doctor.left-out"], closed.Select(f => f.Check));
        Assert.Equal(["postgres.disk", "postgres", "doctor.Elsewhere", "doctor.left-out"], none.Select(f => f.Check));
        Assert.All(closed.Take(2), f => Assert.Equal(FindingLevel.Wrong, f.Level));
        Assert.Equal("Not looked at because PostgreSQL does not run or is not ready: partitions; deliveries that stand still; who holds up the journal; the journal's seal; second factors of accounts; proxies that are not named; messages that nobody takes; secrets of webhooks.", closed[2].Found.English);
        Assert.Equal((FindingLevel.Warning, null), (none[^1].Level, none[^1].Do));
        Assert.Contains("no answer from there", closed[1].Found.English, StringComparison.Ordinal);
        Assert.DoesNotContain(closed, f => f.ToString().Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_takes_longer_than_a_page_waits_is_left_behind_and_named_and_what_was_found_before_stays()
    {
        await using var database = await TestDatabase.Create();
        await using var services = new ServiceCollection().AddPlatform(new ConfigurationBuilder().Build())
            .AddSingleton<IDoctorCheck>(new NothingSet("west")).AddSingleton<IDoctorCheck>(new NeverDone()).BuildServiceProvider();

        var findings = await RunDoctor.Run(
            services, new DatabasePlace(Directory: null, database.AppConnectionString), subject: null, TestContext.Current.CancellationToken, which: check => check is NothingSet or NeverDone, longest: TimeSpan.FromSeconds(2));

        Assert.Equal(["bpjs", "doctor.late"], findings.Select(f => f.Check).Where(check => !check.StartsWith("postgres", StringComparison.Ordinal)));
        Assert.Equal(("Not looked at in time: what never ends.", FindingLevel.Warning), (findings[^1].Found.English, findings[^1].Level));
    }

    [Fact]
    public async Task A_trouble_that_another_check_tells_from_nearer_has_one_line_and_one_language()
    {
        await using var database = await TestDatabase.Create();
        await Owner(database, "insert into delivery.channels (name, paused_until, paused_reason) values ('bpjs:east', 'infinity', 'Not configured: key'), ('bpjs:west', 'infinity', 'Not configured: key')");

        var findings = (await Look(database.AppConnectionString, also: new NothingSet("west"))).Where(f => f.Check is "bpjs" or "delivery.paused").ToList();

        Assert.Equal(["delivery.paused east", "bpjs west"], findings.Select(f => $"{f.Check} {f.Subject}"));
        Assert.Equal("bpjs:east belum dapat mengirim. Belum diatur ketika server dimulai: key", findings[0].Found.Indonesian);
    }

    [Theory]
    [InlineData(99, nameof(FindingLevel.Wrong)), InlineData(100, nameof(FindingLevel.Warning)), InlineData(199, nameof(FindingLevel.Warning)), InlineData(200, nameof(FindingLevel.Ok))]
    public void Little_room_on_the_disk_is_told_by_the_limits_of_the_server(long free, string level) =>
        Assert.Equal(level, CheckDisk.Judge("/data", free, new AlertsOptions { DiskStopMegabytes = 100, DiskWarnMegabytes = 200 }).Level.ToString());

    [Theory]
    [InlineData(140_010, nameof(FindingLevel.Wrong)), InlineData(150_000, nameof(FindingLevel.Ok)), InlineData(170_002, nameof(FindingLevel.Ok))]
    public void A_postgresql_before_15_is_too_old(int version, string level) =>
        Assert.Equal(level, CheckDatabase.JudgeVersion(version, "x").Level.ToString());

    private static async Task<IReadOnlyList<Finding>> Look(string connectionString, string? subject = null, IDoctorCheck? also = null)
    {
        var services = new ServiceCollection().AddPlatform(new ConfigurationBuilder().Build());
        foreach (var module in TestDatabase.Modules.Where(m => m.Module != PlatformModule.Migrations.Module))
            services.AddSingleton(module);
        if (also is not null)
            services.AddSingleton(also);
        await using var provider = services.BuildServiceProvider();
        return await RunDoctor.Run(provider, new DatabasePlace(Directory: null, connectionString), subject, CancellationToken.None);
    }

    private static async Task Owner(TestDatabase database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, await database.Owner.OpenConnectionAsync());
        await using var connection = command.Connection;
        await command.ExecuteNonQueryAsync();
    }

    private sealed class NothingSet(string subject) : IDoctorCheck
    {
        public Words? OnlyWithDatabase => null;

        public Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<Finding>>([Finding.Warning("bpjs", new("Belum diatur.", "Not configured."), new("Atur.", "Configure it.")) with { Subject = subject }]);
    }

    private sealed class NeverDone : IDoctorCheck
    {
        public Words? OnlyWithDatabase { get; } = new("yang tidak pernah selesai", "what never ends");

        public Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct) => new TaskCompletionSource<IReadOnlyList<Finding>>().Task; // and does not listen either
    }

    private sealed class Elsewhere(Func<Exception> broken) : IDoctorCheck
    {
        public Words? OnlyWithDatabase => null;

        public Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct) => throw broken();
    }
}
