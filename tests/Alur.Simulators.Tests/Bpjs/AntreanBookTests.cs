using System.Text.Json;
using Alur.Simulators.Bpjs;

namespace Alur.Simulators.Tests.Bpjs;

public sealed class AntreanBookTests
{
    [Fact]
    public void A_caller_that_has_gone_before_the_answer_knows_nothing_of_that_call_and_of_no_other()
    {
        var book = new AntreanBook(At(Caller.Morning), TimeSpan.Zero);
        var (first, second) = (Add("K1"), Add("K2"));
        Assert.All([first, second], call => Assert.True(book.Process(call, answerLost: false).Accepted));

        book.NotHeard(first);
        book.NotHeard(Add("K3"));

        Assert.Equal([true, false], book.Export().Calls.Select(c => c.AcceptedButAnswerLost));
    }

    private static CallRead Add(string kodebooking)
    {
        using var body = JsonDocument.Parse(Caller.Booking(kodebooking).ToJsonString());
        return new("antrean/add", body.RootElement.Clone(), "bridge");
    }

    private static HospitalTime At(DateTimeOffset morning)
    {
        var time = new HospitalTime();
        time.Set(morning, 1);
        return time;
    }
}
