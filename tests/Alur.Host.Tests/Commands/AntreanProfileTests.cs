using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class AntreanProfileTests
{
    [Fact]
    public async Task A_hospital_is_told_in_its_language_what_to_choose_and_a_program_the_same_in_json()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await Yesterday(visits: 100);

        var told = await Profile(database, khanza);
        var english = await Profile(database, khanza, "--language", "en", "--days", "2");
        var json = await Profile(database, khanza, "--json");

        Assert.True(told.ExitCode == 0, told.Errors);
        Assert.Contains("Task 4: pelayanan poliklinik mulai", told.Output, StringComparison.Ordinal);
        Assert.Contains("mutasi_berkas.diterima", told.Output, StringComparison.Ordinal);
        Assert.Contains("100,0 %", told.Output, StringComparison.Ordinal);
        Assert.Contains("  \"khanza\", \"khanza-2026\" 100,0 %  3 = mutasi_berkas.dikirim; 4 = ", told.Output, StringComparison.Ordinal);
        Assert.Contains("tidak dapat dipakai: Khanza ini tidak punya reg_periksa.task_id_3, reg_periksa.task_id_4, reg_periksa.task_id_5", told.Output, StringComparison.Ordinal);
        Assert.Contains("cannot be used: this Khanza has no reg_periksa.task_id_3", english.Output, StringComparison.Ordinal);
        Assert.Contains("\"Profile\": \"khanza\"", told.Output, StringComparison.Ordinal);
        Assert.Contains(": 100 out-patient visits, without", english.Output, StringComparison.Ordinal);
        Assert.Contains("\nCounted by the day of service as in ./alur antrean report, not by the date in no_rawat.\n", english.Output, StringComparison.Ordinal);
        Assert.Contains("\nDihitung menurut hari pelayanan seperti ./alur antrean report", told.Output, StringComparison.Ordinal);
        Assert.Contains("paste this into a file for --config:", english.Output, StringComparison.Ordinal);
        Assert.All((string[])[told.Output, english.Output, json.Output], output => Assert.DoesNotContain("Rahasia", output, StringComparison.Ordinal));
        var last = JsonNode.Parse(json.Output.TrimEnd('\n').Split('\n')[^1])!;
        Assert.Equal((true, 100, 100, "khanza"), ((bool)last["ok"]!, (int)last["visits"]!, (int)last["best"]!["complete"]!, (string?)last["best"]!["name"]));
        Assert.All(JsonNames.Of(last["sources"]), name => Assert.Matches(JsonNames.Promised, name));
        Assert.Equal(0, (int)last["sources"]![0]!["wrong_day"]!);
        Assert.Equal("khanza", (string?)last["configuration"]!["Antrean"]!["Sites"]!["default"]!["Profile"]);
    }

    [Fact]
    public async Task What_to_write_into_a_file_that_is_there_is_what_belongs_into_its_site_and_not_a_second_file()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await Yesterday(visits: 100);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{}");

        var told = await Profile(database, khanza, "--config", file, "--language", "en");
        File.Delete(file);

        Assert.Contains($"Then write this in {file}, inside \"Antrean\", \"Sites\", \"default\", in place of what has the same name:\n\"Profile\": \"khanza\",\n", told.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_visits_choose_nothing_and_what_to_type_next_reads_the_same_settings_without_the_passwords()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await Yesterday(visits: 99);

        var told = await Profile(database, khanza);
        var english = await Profile(database, khanza, "--language", "en", "--site", "default", "--set", "Antrean:Sites:default:Name=RS Contoh");

        Assert.True(told.ExitCode == 0, told.Errors);
        Assert.Contains("Hanya 99 kunjungan, terlalu sedikit untuk memilih (sekurang-kurangnya 100).", told.Output, StringComparison.Ordinal);
        Assert.All((string[])[told.Output, english.Output], output => Assert.DoesNotContain("\"Profile\"", output, StringComparison.Ordinal));
        var next = Assert.Single(english.Output.Split('\n'), line => line.StartsWith("Only 99 visits, too few to choose by (100 at least).", StringComparison.Ordinal));
        Assert.Contains(": ./alur antrean profile --site default --set ConnectionStrings:Alur=… --set Antrean:Sites:default:Khanza:Host=", next, StringComparison.Ordinal);
        Assert.EndsWith($"Khanza:Password=… --set Antrean:Sites:default:Khanza:Database={khanza.Name} --set 'Antrean:Sites:default:Name=RS Contoh'", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_request_ends_with_2_and_a_hospital_that_cannot_be_read_or_has_no_visits_with_1()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);

        var unknown = await Profile(database, khanza, "--site", "elsewhere");
        var empty = await Profile(database, khanza);
        await using var behind = await TestDatabase.CreateEmpty();
        var unprepared = await Profile(behind, khanza);
        var closed = await Profile(database, khanza, "--set", "Antrean:Sites:default:Khanza:Password=wrong", "--json");

        Assert.Equal((2, 1, 1, 1), (unknown.ExitCode, empty.ExitCode, closed.ExitCode, unprepared.ExitCode));
        Assert.Contains("./alur serve makes what is missing", unprepared.Errors, StringComparison.Ordinal);
        Assert.Contains("default", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("--days", empty.Output, StringComparison.Ordinal);
        Assert.Contains("KHANZA_UNREACHABLE", closed.Output, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> Profile(TestDatabase database, MariaDbTestDatabase khanza, params string[] options)
    {
        const string Site = "Antrean:Sites:default:Khanza";
        var reader = khanza.ReaderOptions;
        return HostProcess.Run([
            "antrean", "profile", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}",
            "--set", $"{Site}:Host={reader.Host}", "--set", string.Create(CultureInfo.InvariantCulture, $"{Site}:Port={reader.Port}"),
            "--set", $"{Site}:User={reader.User}", "--set", $"{Site}:Password={reader.Password}", "--set", $"{Site}:Database={khanza.Name}", .. options]);
    }

    /// <summary>Friendly visits of another payer on the hospital's last day.</summary>
    private static async Task<MariaDbTestDatabase> Yesterday(int visits)
    {
        var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);
        var day = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(7)).AddDays(-1);
        var weekday = new[] { "AKHAD", "SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU" }[(int)day.DayOfWeek];
        var (numbered, date) = (day.ToString("yyyy'/'MM'/'dd'/'", CultureInfo.InvariantCulture), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await khanza.Execute($"""
            insert into penjab (kd_pj, png_jawab) values ('UMU', 'Umum');
            insert into poliklinik (kd_poli, nm_poli) values ('101', 'Poli Anak');
            insert into dokter (kd_dokter, nm_dokter) values ('D001', 'dr. Satu');
            insert into jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota) values ('D001', '{weekday}', '07:00', '23:59', '101', 40);
            insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) values ('101', 'ANA', 'ANAK');
            insert into maping_dokter_dpjpvclaim (kd_dokter, kd_dokter_bpjs, nm_dokter_bpjs) values ('D001', '292667', 'dr. Satu');
            insert into pasien (no_rkm_medis, nm_pasien, kd_pj) values ('1', 'Rahasia', 'UMU');
            insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj)
            values {Each("('001', '{visit}', '{date}', '07:30', 'D001', '1', '101', 'Sudah', 'Lama', 'Ralan', 'UMU')")};
            insert into mutasi_berkas (no_rawat, dikirim, diterima, kembali, tidakada, ranap) values {Each("('{visit}', '{date} 07:40', '{date} 07:50', '0000-00-00', '0000-00-00', '0000-00-00')")};
            insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, nip) values {Each("('{visit}', '{date}', '08:00', 'D001')")};
            """);
        return khanza;

        string Each(string row) => string.Join(", ", Enumerable.Range(1, visits).Select(
            n => row.Replace("{visit}", $"{numbered}{n:000000}", StringComparison.Ordinal).Replace("{date}", date, StringComparison.Ordinal)));
    }
}
