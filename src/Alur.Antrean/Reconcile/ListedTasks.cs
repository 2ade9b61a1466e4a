using Alur.Antrean.Bpjs;

namespace Alur.Antrean.Reconcile;

/// <summary>What BPJS lists of one booking (<c>getlisttask</c>), read once for everybody who asks.</summary>
/// <param name="Reply">The answer itself.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Tasks">What it lists; empty when it is no list.</param>
internal sealed record ListedTasks(BpjsReply Reply, AnswerMeaning Meaning, IReadOnlyList<ListedTask> Tasks)
{
    public const string Lookup = "antrean/getlisttask";

    private const int Cancellation = 99;

    /// <summary>It is a list, an empty one perhaps.</summary>
    public bool IsList => BpjsAnswers.ActionFor(Meaning) == AnswerAction.Success;

    /// <summary>BPJS lists the booking as cancelled.</summary>
    public bool Cancelled => Find(Cancellation) is not null;

    /// <summary>Asks.</summary>
    public static async Task<ListedTasks> Ask(BpjsClient client, string kodebooking, CancellationToken ct)
    {
        var reply = await client.GetListTask(kodebooking, ct);
        var meaning = BpjsAnswers.Classify(BpjsCall.List, reply);
        return new(reply, meaning, BpjsAnswers.ActionFor(meaning) == AnswerAction.Success ? BpjsLists.Tasks(reply.Response) : []);
    }

    /// <summary>The task as BPJS holds it; null when it does not list it.</summary>
    public ListedTask? Find(int taskId) => Tasks.FirstOrDefault(t => t.TaskId == taskId);
}
