using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>Job results as parallel arrays, in the order of the parameters $1 to $20 of the settle statement.</summary>
internal sealed class JobColumns(int capacity)
{
    private readonly List<long> _ids = new(capacity);
    private readonly List<int> _lanes = new(capacity);
    private readonly List<string?> _outcomes = new(capacity);
    private readonly List<string> _states = new(capacity);
    private readonly List<bool> _counted = new(capacity);
    private readonly List<bool> _outages = new(capacity);
    private readonly List<string?> _codes = new(capacity);
    private readonly List<string?> _reasons = new(capacity);
    private readonly List<string?> _fingerprints = new(capacity);
    private readonly List<int> _attempts = new(capacity);
    private readonly List<int?> _httpCodes = new(capacity);
    private readonly List<string?> _answerCodes = new(capacity);
    private readonly List<string?> _messages = new(capacity);
    private readonly List<string?> _requests = new(capacity);
    private readonly List<string?> _responses = new(capacity);
    private readonly List<int?> _durations = new(capacity);
    private readonly List<DateTime?> _starts = new(capacity);
    private readonly List<bool> _unanswered = new(capacity);
    private readonly List<bool> _acknowledged = new(capacity);
    private readonly List<string?> _held = new(capacity);

    /// <summary>Adds one job's end.</summary>
    /// <param name="lane">Number of its lane in the batch, from 1.</param>
    /// <param name="result">What came of the call.</param>
    /// <param name="verdict">What that means for the job.</param>
    public void Add(int lane, JobResult result, Verdict verdict)
    {
        _ids.Add(result.Job.Job.JobId);
        _lanes.Add(lane);
        _outcomes.Add(verdict.Outcome);
        _states.Add(verdict.State);
        _counted.Add(verdict.Counted);
        _outages.Add(verdict.Outage);
        _codes.Add(verdict.Code);
        _reasons.Add(verdict.Reason);
        _fingerprints.Add(verdict.Fingerprint);
        _attempts.Add(result.Job.Job.Attempt);
        var exchange = result.Report?.Exchange;
        _httpCodes.Add(exchange?.HttpCode);
        _answerCodes.Add(StorableText.Plain(exchange?.Code));
        _messages.Add(StorableText.Plain(exchange?.Message));
        _requests.Add(StorableText.Outside(exchange?.Request));
        _responses.Add(StorableText.Outside(exchange?.Response));
        _durations.Add(exchange is null ? null : (int)Math.Clamp(exchange.Duration.TotalMilliseconds, 0, int.MaxValue));
        _starts.Add(exchange?.StartedAt.UtcDateTime);
        _unanswered.Add(result.IsUnanswered);
        _acknowledged.Add(result.Report?.Outcome is NotYet { Acknowledged: true });
        _held.Add(StorableText.Plain((result.Report?.Outcome as Delivered)?.Held));
    }

    public void AddTo(NpgsqlBatchCommand command)
    {
        const NpgsqlDbType array = NpgsqlDbType.Array;
        command.With(_ids, array | NpgsqlDbType.Bigint)
            .With(_lanes, array | NpgsqlDbType.Integer)
            .With(_outcomes, array | NpgsqlDbType.Text).With(_states, array | NpgsqlDbType.Text)
            .With(_counted, array | NpgsqlDbType.Boolean).With(_outages, array | NpgsqlDbType.Boolean)
            .With(_codes, array | NpgsqlDbType.Text).With(_reasons, array | NpgsqlDbType.Text).With(_fingerprints, array | NpgsqlDbType.Text)
            .With(_attempts, array | NpgsqlDbType.Integer).With(_httpCodes, array | NpgsqlDbType.Integer)
            .With(_answerCodes, array | NpgsqlDbType.Text).With(_messages, array | NpgsqlDbType.Text)
            .With(_requests, array | NpgsqlDbType.Text).With(_responses, array | NpgsqlDbType.Text)
            .With(_durations, array | NpgsqlDbType.Integer).With(_starts, array | NpgsqlDbType.TimestampTz)
            .With(_unanswered, array | NpgsqlDbType.Boolean).With(_acknowledged, array | NpgsqlDbType.Boolean).With(_held, array | NpgsqlDbType.Text);
    }
}

/// <summary>Lanes of a batch, as parallel arrays: the parameters $21 to $28 of the settle statement.</summary>
internal sealed class LaneColumns
{
    private readonly List<string> _channels = [];
    private readonly List<string> _keys = [];
    private readonly List<Guid> _tokens = [];
    private readonly List<bool> _released = [];
    private readonly List<int?> _failedSteps = [];
    private readonly List<int?> _restSteps = [];
    private readonly List<int?> _lastSteps = [];
    private readonly List<TimeSpan> _waits = [];

    public void Add(LaneResult lane, IReadOnlyList<Verdict> verdicts)
    {
        _channels.Add(lane.Run.Channel);
        _keys.Add(lane.Run.Key);
        _tokens.Add(lane.Run.Token);
        _released.Add(lane.Release);
        _failedSteps.Add(FirstStep(lane, verdicts, "FAILED"));
        _restSteps.Add(FirstStep(lane, verdicts, "PENDING"));
        _lastSteps.Add(lane.Run.Jobs.Count == 0 ? null : lane.Run.Jobs[^1].Job.Step);
        var stopped = verdicts.FirstOrDefault(v => v.State == "PENDING");
        _waits.Add(stopped?.Wait ?? TimeSpan.Zero);
    }

    public void AddTo(NpgsqlBatchCommand command)
    {
        const NpgsqlDbType array = NpgsqlDbType.Array;
        command.With(_channels, array | NpgsqlDbType.Text).With(_keys, array | NpgsqlDbType.Text).With(_tokens, array | NpgsqlDbType.Uuid)
            .With(_released, array | NpgsqlDbType.Boolean)
            .With(_failedSteps, array | NpgsqlDbType.Integer).With(_restSteps, array | NpgsqlDbType.Integer)
            .With(_lastSteps, array | NpgsqlDbType.Integer)
            .With(_waits, array | NpgsqlDbType.Interval);
    }

    private static int? FirstStep(LaneResult lane, IReadOnlyList<Verdict> verdicts, string state)
    {
        for (var i = 0; i < verdicts.Count; i++)
        {
            if (verdicts[i].State == state) return lane.Results[i].Job.Job.Step;
        }

        return null;
    }
}
