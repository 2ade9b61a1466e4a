using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class AntreanReportTests
{
    private const string Fill = """
        insert into antrean.sites (code, name, zone, last_poll_at) values ('default', 'RS Contoh', 'Asia/Jakarta', '2026-01-20T13:01:00Z');
        insert into antrean.visits (site_id, visit_id, kind, kodebooking, event_time, service_date, poli_id, dokter_id, new_patient, payload, patient, blocked_reasons, source_hash)
        select s.id, '2026/01/20/' || lpad(n::text, 6, '0'), 'NON_JKN', 'k' || n, '2026-01-20T01:00:00Z', '2026-01-20', '101', 'D001', false,
               '{"namapoli": "Poli Anak", "namadokter": "dr. Satu"}', '{"nik": "Rahasia"}', case when n > 1500 then '{CLINIC_UNMAPPED}'::text[] else '{}' end, '\x01'
        from antrean.sites s, generate_series(1, 1512) n;
        insert into antrean.tasks (site_id, visit_id, task, waktu, waktu_khanza, source, first_seen_at, held_reason)
        select v.site_id, v.visit_id, t, '2026-01-20T01:00:00Z', '2026-01-20T01:00:00Z', 'x', now(),
               case when cardinality(v.blocked_reasons) = 0 then 'OBSERVE_MODE' when t = '1' then 'CLINIC_UNMAPPED' else 'REGISTER_NOT_SENT' end
        from antrean.visits v, unnest('{1,3,4,5}'::text[]) t;
        insert into antrean.undated_visits (site_id, visit_id, day, poli, dokter)
        select s.id, '2026/01/20/0090' || n, '2026-01-20', 'Poli Anak', 'dr. Satu' from antrean.sites s, generate_series(11, 22) n;
        """;

    [Fact]
    public async Task What_would_be_sent_is_told_in_the_hospitals_language_and_to_a_program_in_json()
    {
        await using var database = await TestDatabase.Create();
        await using (var fill = database.App.CreateCommand(Fill))
            await fill.ExecuteNonQueryAsync();
        await using var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);

        var told = await Report(database, khanza);
        var english = await Report(database, khanza, "--language", "en");
        var json = await Report(database, khanza, "--json", "--set", "Antrean:Sites:default:Khanza:Password=wrong");

        Assert.True(told.ExitCode == 0, told.Errors);
        string[] lines =
        [
            "RS Contoh (default), 2026-01-20: yang akan dikirim ke BPJS. Mode observe: tidak ada yang dikirim.",
            "Khanza terakhir dibaca 2026-01-20 20:01.",
            "1.512 kunjungan:", "    1.500  lengkap: pendaftaran dan semua task", "       12  tertahan, lihat sebabnya di bawah",
            "Selain itu 12 kunjungan tidak dibaca karena tgl_registrasi bukan tanggal yang dapat dibaca. Perbaiki tanggal pendaftarannya di Khanza → pendaftaran",
            "        2026/01/20/009011 (Poli Anak, dr. Satu); 2026/01/20/009012 (Poli Anak, dr. Satu)", "        dan 2 lagi, semuanya dengan --json",
            "Pendaftaran: 1.500 oleh Alur, 0 oleh layar Khanza sendiri (OnSiteJkn = desktop). Panggilan ke BPJS seluruhnya: 6.000.",
            "     12 kunjungan, 48 task: Poliklinik belum dipetakan ke kode BPJS. [CLINIC_UNMAPPED] → petugas data master",
            "        2026/01/20/001501 task 1 (Poli Anak, dr. Satu); 2026/01/20/001502 task 1 (Poli Anak, dr. Satu)",
            "        dan 2 lagi: /api/antrean/tasks?state=held&reason=CLINIC_UNMAPPED&date=2026-01-20&site=default",
        ];
        Assert.All(lines, line => Assert.Contains(line, told.Output.Split('\n')));
        Assert.Contains("\"task-columns\"                          -   tidak dapat dipakai: Khanza ini tidak punya reg_periksa.task_id_3, ", told.Output, StringComparison.Ordinal);
        Assert.Contains("Registrations: 1,500 by Alur", english.Output, StringComparison.Ordinal);
        var last = JsonNode.Parse(json.Output.TrimEnd('\n').Split('\n')[^1])!;
        Assert.Equal((true, 1512, 6000, 10), ((bool)last["ok"]!, (int)last["visits"]!, (int)last["calls"]!, last["reasons"]![0]!["examples"]!.AsArray().Count));
        Assert.Equal((12, 12), ((int)last["undated"]!, last["undated_visits"]!.AsArray().Count));
        Assert.Null(last["profiles"]); // Khanza is closed to us: everything else is told all the same
        Assert.NotEmpty((string)last["profiles_error"]!);
        Assert.All(JsonNames.Of(last), name => Assert.Matches(JsonNames.Promised, name));
        Assert.Equal(("2026-01-20T13:01:00Z", 1500), ((string?)last["last_poll_at"], (int)last["registered_by_us"]!));
        Assert.DoesNotContain("\\u00", json.Output, StringComparison.Ordinal);
        Assert.All((string[])[told.Output, english.Output, json.Output], output => Assert.DoesNotContain("Rahasia", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_visit_is_not_told_as_several()
    {
        await using var database = await TestDatabase.Create();
        await using (var fill = database.Owner.CreateCommand(Fill + "delete from antrean.tasks where visit_id <> '2026/01/20/001501' or task <> '1'; delete from antrean.visits where visit_id <> '2026/01/20/001501'; delete from antrean.undated_visits where visit_id <> '2026/01/20/009011'"))
            await fill.ExecuteNonQueryAsync();
        await using var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);

        var english = await Report(database, khanza, "--language", "en", "--set", "Demo:Clock=2026-01-20T07:00+07:00/2026-01-20T15:00+07:00*480@2026-01-20T00:00Z");

        await database.Owner.CreateCommand("delete from antrean.tasks; delete from antrean.visits").ExecuteNonQueryAsync();
        var undatedOnly = await Report(database, khanza, "--language", "en");

        const string LeftOut = "Besides, 1 visit is left out, because tgl_registrasi is no readable date. Mend the registration's date in Khanza → the front office";
        Assert.True(english.ExitCode == 0, english.Errors);
        Assert.Contains(LeftOut, english.Output.Split('\n'));
        Assert.Contains(LeftOut, undatedOnly.Output.Split('\n'));
        Assert.StartsWith("No visit of that day was read.", undatedOnly.Output.Split('\n')[3], StringComparison.Ordinal);
        Assert.Contains("\nKhanza was last read 2026-01-20 20:01 (real time).", english.Output, StringComparison.Ordinal); // the day is simulated, this is not
        Assert.Contains("1 visit:", english.Output.Split('\n'));
        Assert.Contains("      1 visit, 1 task: The clinic has no BPJS code in Khanza's mapping. [CLINIC_UNMAPPED] → master data", english.Output.Split('\n'));
    }

    [Fact]
    public async Task A_hospital_that_was_never_read_or_is_not_there_is_told_so()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await MariaDbTestServer.CreateDatabase();

        var never = await Report(database, khanza);
        var unknown = await Report(database, khanza, "--site", "elsewhere");
        await using var empty = await TestDatabase.CreateEmpty();
        var before = await Report(empty, khanza);

        Assert.Equal((1, 2, 1), (never.ExitCode, unknown.ExitCode, before.ExitCode));
        Assert.Contains("./alur serve", before.Errors, StringComparison.Ordinal);
        Assert.Contains("./alur serve", never.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no site 'elsewhere'; configured are: default. [SITE_UNKNOWN]", unknown.Errors, StringComparison.Ordinal);
        Assert.EndsWith(" [SITE_NEVER_SERVED]", never.Errors.Trim(), StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> Report(TestDatabase database, MariaDbTestDatabase khanza, params string[] options)
    {
        const string Site = "Antrean:Sites:default:Khanza";
        var reader = khanza.ReaderOptions;
        return HostProcess.Run([
            "antrean", "report", "--date", "2026-01-20", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}",
            "--set", $"{Site}:Host={reader.Host}", "--set", string.Create(CultureInfo.InvariantCulture, $"{Site}:Port={reader.Port}"),
            "--set", $"{Site}:User={reader.User}", "--set", $"{Site}:Password={reader.Password}", "--set", $"{Site}:Database={khanza.Name}", .. options]);
    }
}
