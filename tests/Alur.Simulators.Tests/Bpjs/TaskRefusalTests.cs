using System.Net;
using System.Text.Json.Nodes;

namespace Alur.Simulators.Tests.Bpjs;

public sealed class TaskRefusalTests
{
    private const string Code = "2026/11/20/000002";

    [Fact]
    public async Task Tasks_in_order_and_later_each_time_are_accepted()
    {
        await using var bpjs = await Registered();

        int[] codes = [await Tell(bpjs, 3, 8, 0), await Tell(bpjs, 4, 8, 10), await Tell(bpjs, 5, 8, 20), await Tell(bpjs, 6, 8, 30), await Tell(bpjs, 7, 8, 40)];

        Assert.Equal([200, 200, 200, 200, 200], codes);
        Assert.Equal([3, 4, 5, 6, 7], bpjs.Simulator.Ledger.Tasks.Select(t => t.Taskid));
    }

    [Fact]
    public async Task Task_and_time_may_be_sent_as_text()
    {
        await using var bpjs = await Registered();

        Assert.Equal(200, (await bpjs.Tell(Code, "3", $"{Caller.Ms(8, 0)}")).Code);
        Assert.Equal(Caller.Ms(8, 0), Assert.Single(bpjs.Simulator.Ledger.Tasks).Waktu);
    }

    [Fact]
    public async Task A_booking_that_is_not_there_is_not_found()
    {
        await using var bpjs = await Caller.Start();

        Assert.Equal((201, "Kode Booking tidak ditemukan"), Told(await bpjs.Tell(Code, 3, Caller.Ms(8, 0))));
        Assert.Equal((201, "Kode Booking tidak ditemukan"), Told(await bpjs.Post("antrean/batal", new JsonObject { ["kodebooking"] = Code, ["keterangan"] = "x" })));
    }

    [Fact]
    public async Task A_task_that_is_there_is_a_duplicate_whatever_its_time()
    {
        await using var bpjs = await Registered();
        await Tell(bpjs, 3, 8, 0);

        Assert.Equal((208, "TaskId=3 sudah ada"), Told(await bpjs.Tell(Code, 3, Caller.Ms(8, 0))));
        Assert.Equal((208, "TaskId=3 sudah ada"), Told(await bpjs.Tell(Code, 3, Caller.Ms(9, 0))));
        Assert.Single(bpjs.Simulator.Ledger.Tasks);
    }

    [Fact]
    public async Task A_task_before_its_predecessor_is_refused()
    {
        await using var bpjs = await Registered();

        Assert.Equal((201, "TaskId=3 belum ada"), Told(await bpjs.Tell(Code, 4, Caller.Ms(8, 0))));
        Assert.Empty(bpjs.Simulator.Ledger.Tasks);
    }

    [Fact]
    public async Task A_new_patient_needs_the_admission_tasks_first()
    {
        await using var bpjs = await Registered(b => b["pasienbaru"] = 1);

        Assert.Equal((201, "TaskId=2 belum ada"), Told(await bpjs.Tell(Code, 3, Caller.Ms(8, 0))));
        int[] codes = [await Tell(bpjs, 1, 7, 10), await Tell(bpjs, 2, 7, 20), await Tell(bpjs, 3, 8, 0)];

        Assert.Equal([200, 200, 200], codes);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(7, 59)]
    public async Task A_time_that_is_not_later_than_the_one_before_is_refused(int hour, int minute)
    {
        await using var bpjs = await Registered();
        await Tell(bpjs, 3, 8, 0);

        var answer = await bpjs.Tell(Code, 4, Caller.Ms(hour, minute));

        Assert.Equal((201, $"Waktu (2026-11-20 {hour:00}:{minute:00}:00 WIB) tidak boleh kurang atau sama dengan waktu sebelumnya (2026-11-20 08:00:00 WIB)"), Told(answer));
    }

    [Fact]
    public async Task An_earlier_task_after_a_later_one_is_refused_with_the_last_or_the_following()
    {
        await using var bpjs = await Registered();
        await Tell(bpjs, 3, 8, 0);
        await Tell(bpjs, 4, 8, 10);

        Assert.Equal((201, "TaskId terakhir 4"), Told(await bpjs.Tell(Code, 2, Caller.Ms(7, 50))));
        Assert.Equal((201, "Waktu (2026-11-20 08:00:00 WIB) lebih besar dari pada TaskId=3 (2026-11-20 08:00:00 WIB)"), Told(await bpjs.Tell(Code, 2, Caller.Ms(8, 0))));
    }

    [Theory]
    [InlineData(0, 0, 20, 200)]
    [InlineData(23, 59, 20, 200)]
    [InlineData(23, 59, 19, 201)]
    [InlineData(0, 0, 21, 201)]
    public async Task The_day_of_a_task_is_reckoned_in_western_indonesian_time(int hour, int minute, int day, int code)
    {
        await using var bpjs = await Registered();

        var answer = await bpjs.Tell(Code, 3, Caller.Ms(hour, minute, day));

        Assert.Equal(code, answer.Code);
        if (code == 201)
        {
            Assert.Equal($"Waktu tidak valid (2026-11-{day} {hour:00}:{minute:00}:00 WIB). Tanggal pelayanan untuk Kode Booking tersebut adalah (2026-11-20)", answer.Message);
        }
    }

    [Theory]
    [InlineData("8")]
    [InlineData("0")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    public async Task A_task_that_does_not_exist_is_refused(string taskid)
    {
        await using var bpjs = await Registered();

        Assert.Equal(201, (await bpjs.Tell(Code, JsonNode.Parse(taskid), Caller.Ms(8, 0))).Code);
    }

    [Theory]
    [InlineData("1795136400")]
    [InlineData("-62169984000000")]
    [InlineData("\"08:00\"")]
    [InlineData("null")]
    public async Task A_time_that_is_no_plausible_millisecond_is_refused(string waktu)
    {
        await using var bpjs = await Registered();

        Assert.Equal(201, (await bpjs.Tell(Code, 3, JsonNode.Parse(waktu))).Code);
        Assert.Empty(bpjs.Simulator.Ledger.Tasks);
    }

    [Theory]
    [InlineData("hospital")]
    [InlineData("task")]
    [InlineData("patient")]
    public async Task Nothing_is_accepted_after_a_cancellation(string by)
    {
        await using var bpjs = await Registered();
        await Tell(bpjs, 3, 8, 0);
        _ = by switch
        {
            "hospital" => (await bpjs.Post("antrean/batal", new JsonObject { ["kodebooking"] = Code, ["keterangan"] = "Pasien batal" })).Code == 200,
            "task" => await Tell(bpjs, 99, 8, 5) == 200,
            _ => bpjs.Simulator.CancelAsPatient(Code),
        };

        Assert.Equal((201, "TaskId terakhir 99"), Told(await bpjs.Tell(Code, 4, Caller.Ms(8, 10))));
        Assert.Equal(201, (await bpjs.Post("antrean/batal", new JsonObject { ["kodebooking"] = Code, ["keterangan"] = "lagi" })).Code);
        Assert.Equal(Code, Assert.Single(bpjs.Simulator.Ledger.Cancelled).Kodebooking);
    }

    private static async Task<Caller> Registered(Action<JsonObject>? change = null)
    {
        var bpjs = await Caller.Start();
        Assert.Equal(200, (await bpjs.Add(Code, change)).Code);
        return bpjs;
    }

    private static async Task<int> Tell(Caller bpjs, int task, int hour, int minute) => (await bpjs.Tell(Code, task, Caller.Ms(hour, minute))).Code;

    private static (int, string) Told((HttpStatusCode Http, int Code, string Message) answer) => (answer.Code, answer.Message);
}
