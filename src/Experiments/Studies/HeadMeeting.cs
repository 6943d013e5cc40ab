using System.Runtime.ExceptionServices;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// Where the studies of several seeds, a thread each, meet to fit the heads of a stage as one job. Each brings its problem
/// and waits; the last to come fits all of them.
/// </summary>
/// <param name="folder">The checkpoints' folder; one in it for each stage.</param>
internal sealed class HeadMeeting(IBatchingEngine engine, int seeds, string folder, TrainingOptions training, RunServices run)
{
    private readonly object _gate = new();
    private readonly (HeadProblem Problem, string Identity)[] _brought = new (HeadProblem, string)[seeds];
    private IReadOnlyList<FittedHeads> _fitted = [];
    private ExceptionDispatchInfo? _failure;
    private int _present, _stagesDone;

    /// <summary>The place of one seed.</summary>
    public HeadCompany Member(int member) => new(this, member);

    public FittedHeads Fit(int member, string stage, HeadProblem problem, string identity)
    {
        lock (_gate)
        {
            var stages = _stagesDone;
            _brought[member] = (problem, identity);
            if (++_present == seeds && _failure == null) FitAll(stage);
            while (_stagesDone == stages && _failure == null) Monitor.Wait(_gate);
            _failure?.Throw();
            return _fitted[member];
        }
    }

    /// <summary>A seed that will not come, so that the others do not wait for it.</summary>
    public void Abandon(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Throws what kept a seed from finishing, if anything.</summary>
    public void ThrowIfAbandoned() => _failure?.Throw();

    private void FitAll(string stage)
    {
        try
        {
            var identity = Fingerprint.Of(_brought.Select(brought => brought.Identity));
            using var job = engine.FitHeadsTogether([.. _brought.Select(brought => brought.Problem)]);
            var outcome = TrainingLoop.Run(job, training, new CheckpointStore(Path.Combine(folder, stage), identity, run.Time), run);
            var losses = job.MemberLosses.LastOrDefault();
            _fitted = [.. job.Heads.Select((heads, member) => new FittedHeads(heads, outcome.Steps, losses?[member] ?? double.NaN, outcome.WasFinished))];
            (_present, _stagesDone) = (0, _stagesDone + 1);
            Monitor.PulseAll(_gate);
        }
        catch (Exception failure)
        {
            Abandon(failure);
        }
    }
}

/// <summary>One seed's place in a <see cref="HeadMeeting"/>.</summary>
public sealed class HeadCompany
{
    private readonly HeadMeeting _meeting;
    private readonly int _member;

    internal HeadCompany(HeadMeeting meeting, int member) => (_meeting, _member) = (meeting, member);

    /// <summary>Fits this seed's heads together with the others' of the same stage.</summary>
    /// <param name="identity">Of this seed's fit, for the checkpoints.</param>
    public FittedHeads Fit(string stage, HeadProblem problem, string identity) => _meeting.Fit(_member, stage, problem, identity);
}
