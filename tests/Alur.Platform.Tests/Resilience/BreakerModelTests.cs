using Alur.Platform.Resilience;
using FsCheck;
using FsCheck.Fluent;

namespace Alur.Platform.Tests.Resilience;

/// <summary>The breaker against a reference that says the same in another way: it keeps the whole history and looks back.</summary>
public sealed class BreakerModelTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly BreakerPolicy Policy = new(FailuresToOpen: 5, SuccessesToClose: 2, OpenFor: TimeSpan.FromSeconds(60));

    public enum Step
    {
        Success,
        Failure,
        Neutral,
        StaleSuccess,
        StaleFailure,
        ForgedProbe,
        AskProbe,
        Second,
        Minute,
    }

    [Fact]
    [Trait("Spec", "X-013")]
    public void It_behaves_as_the_reference_on_any_history() => Prop.ForAll(
        Gen.Frequency(
            (3, Gen.Constant(Step.Success)), (8, Gen.Constant(Step.Failure)), (1, Gen.Constant(Step.Neutral)), (1, Gen.Constant(Step.StaleSuccess)),
            (1, Gen.Constant(Step.StaleFailure)), (1, Gen.Constant(Step.ForgedProbe)), (4, Gen.Constant(Step.AskProbe)),
            (2, Gen.Constant(Step.Second)), (2, Gen.Constant(Step.Minute))).ArrayOf().ToArbitrary(),
        Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(120));

    private static bool Agrees(Step[] steps)
    {
        var breaker = Breaker.New;
        var model = new Model();
        var now = Start;
        foreach (var step in steps)
        {
            now += step switch { Step.Second => TimeSpan.FromSeconds(1), Step.Minute => TimeSpan.FromSeconds(60), _ => TimeSpan.Zero };
            if (step == Step.AskProbe)
            {
                var probe = Guid.NewGuid();
                var probing = breaker.WithProbe(probe, now.AddSeconds(30), now);
                if (probing is not null != model.LetsProbeThrough(probe, now)) return false;
                breaker = probing ?? breaker;
            }
            else if (Result(step, breaker) is { } result)
            {
                breaker = breaker.After(result, Policy, now);
                model.Saw(step, result, now);
            }

            if (breaker.State != model.State || breaker.Probe != model.Probe || !IsConsistent(breaker)) return false;
        }

        return true;
    }

    private static CallResult? Result(Step step, Breaker breaker) => step switch
    {
        Step.Success => new(breaker.Epoch, breaker.Probe, Failed: false),
        Step.Failure => new(breaker.Epoch, breaker.Probe, Failed: true, "down"),
        Step.Neutral => new(breaker.Epoch, breaker.Probe, Failed: null),
        Step.StaleSuccess => new(breaker.Epoch - 1, breaker.Probe, Failed: false),
        Step.StaleFailure => new(breaker.Epoch - 1, breaker.Probe, Failed: true, "down"),
        Step.ForgedProbe => new(breaker.Epoch, Guid.NewGuid(), Failed: breaker.State != BreakerState.Closed ? true : null),
        _ => null,
    };

    /// <summary>The CHECK constraints of platform.breakers.</summary>
    private static bool IsConsistent(Breaker b) =>
        (b.State == BreakerState.Open) == b.RetryAt is not null
        && (b.State == BreakerState.Closed) == b.OpenedAt is null
        && (b.State == BreakerState.HalfOpen || b.Probe is null)
        && b.Probe is null == b.ProbeUntil is null
        && b.Failures >= 0 && b.Successes >= 0;

    /// <summary>The rules in words, over the answers since the last change of state.</summary>
    private sealed class Model
    {
        private readonly List<bool> _answers = [];
        private DateTimeOffset _openedAt;
        private DateTimeOffset _probeSince;

        public BreakerState State { get; private set; } = BreakerState.Closed;

        public Guid? Probe { get; private set; }

        public bool LetsProbeThrough(Guid probe, DateTimeOffset now)
        {
            var free = State == BreakerState.Open ? now >= _openedAt.AddSeconds(60)
                : State == BreakerState.HalfOpen && (Probe is null || now >= _probeSince.AddSeconds(30));
            if (!free) return false;
            if (State == BreakerState.Open) Become(BreakerState.HalfOpen);
            (Probe, _probeSince) = (probe, now);
            return true;
        }

        public void Saw(Step step, CallResult result, DateTimeOffset now)
        {
            if (step is Step.StaleSuccess or Step.StaleFailure or Step.ForgedProbe || State == BreakerState.Open) return;
            if (State == BreakerState.HalfOpen && Probe is null) return;
            Probe = null;
            if (result.Failed is not { } failed) return;
            _answers.Add(failed);
            if (State == BreakerState.Closed && _answers.Count >= 5 && _answers.TakeLast(5).All(f => f)) Open(now);
            else if (State == BreakerState.HalfOpen && failed) Open(now);
            else if (State == BreakerState.HalfOpen && _answers.Count(f => !f) == 2) Become(BreakerState.Closed);
        }

        private void Open(DateTimeOffset now)
        {
            _openedAt = now;
            Become(BreakerState.Open);
        }

        private void Become(BreakerState state)
        {
            (State, Probe) = (state, null);
            _answers.Clear();
        }
    }
}
