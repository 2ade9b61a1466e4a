using System.Text.Json.Nodes;
using Alur.Platform.Data;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What tests of devices and their messages have in common: a school, and looks at what waits.</summary>
public abstract class DeviceTests(PatientSchoolFixture fixture) : IClassFixture<PatientSchoolFixture>
{
    private protected School School => fixture.School;

    // A message of the lowest priority is the next that comes.
    private protected async Task HasNothing(Line line, Person of, bool sent = false)
    {
        if (!sent) await School.Send(of.Message("""{"last":true}""", priority: 100));
        var last = await line.Message();
        Assert.NotNull(last["payload"]!["last"]);
        await line.Acknowledge(IdOf(last));
    }

    private protected static Guid IdOf(JsonNode message) => Guid.Parse((string)message["id"]!);

    private protected Task<List<string>> Queue(Person of) => School.App.Database.App.Statement(
        "select concat_ws(' ', coalesce(connection_id, ''), attempts, case when acknowledged then 'True' else 'False' end) from realtime.websocket_message_queue where user_id = @user order by created_at, id",
        ("user", of.Id)).Rows(r => r.GetString(0), default);

    private protected Task<List<string>> Events(Guid message) => School.App.Database.App.Statement(
        "select case when is_delivered then 'True' else 'False' end from realtime.websocket_events where message_id = @message order by 1", ("message", message)).Rows(r => r.GetString(0), default);
}
