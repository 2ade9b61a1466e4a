using Alur.Platform.Data;
using Alur.Platform.Realtime;

namespace Alur.Platform.Doctor;

/// <summary>Messages for people that a device was sent as often as it may be and never acknowledged. Says nothing where there are none.</summary>
internal sealed class CheckMessages : IDoctorCheck
{
    private const string Ask = """
        select count(*)::int, count(distinct q.user_id)::int
        from realtime.websocket_message_queue q
        where q.attempts >= q.max_attempts and not q.acknowledged and (q.expires_at is null or q.expires_at > now())
          and not exists (select from realtime.websocket_message_queue o where o.message_id = q.message_id and o.attempts < o.max_attempts)
        """;

    public Words? OnlyWithDatabase { get; } = new("pesan yang tidak diterima", "messages that nobody takes");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var (messages, people) = (await round.Database!.Statement(Ask).Rows(r => (r.GetInt32(0), r.GetInt32(1)), ct)).Single();
        return messages == 0 ? [] :
        [
            Finding.Warning("realtime.untaken",
                new($"{messages} pesan untuk {people} orang sudah dikirim berkali-kali ke perangkatnya dan tidak pernah dikonfirmasi.",
                    $"{messages} {Words.Of(messages, "message")} for {people} {Words.Of(people, "person", "people")} went out to a device again and again and {Words.Of(messages, "was", "were")} never acknowledged."),
                new($"Program yang memakai /ws harus menjawab dengan ack (docs/api.md). Pesan tetap menunggu perangkat lain dari orang itu sampai kedaluwarsa, paling lama {UserMessage.Days} hari.",
                    $"A program that uses /ws must answer with ack (docs/api.md). They go on waiting for another device of the person until they expire, {UserMessage.Days} days at most.")),
        ];
    }
}
