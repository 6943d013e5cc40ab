using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Seconds of processor time by name, added up.</summary>
internal sealed class Stopwatches
{
    private readonly Dictionary<string, double> _seconds = [];

    public double this[string name] => _seconds.GetValueOrDefault(name);

    public double Sum => _seconds.Values.Sum();

    public T Time<T>(string name, Func<T> work)
    {
        var result = default(T)!;
        _seconds[name] = this[name] + Times.OfProcessor(() => result = work());
        return result;
    }
}

/// <summary>An engine that notes what its work takes: "representations", "packing", "heads", "features".</summary>
internal sealed class TimedEngine(IEngine engine, Stopwatches watches) : IEngine
{
    public string Name => engine.Name;

    public IEngine.IRepresentationJob Pretrain(PretrainingProblem problem) =>
        new TimedJob(watches.Time("packing", () => engine.Pretrain(problem)), "representations", watches);

    public TaskSamples Features(MlpWeights representation, TaskSamples inputs) =>
        watches.Time("features", () => engine.Features(representation, inputs));

    public IEngine.IHeadJob FitHeads(HeadProblem problem) =>
        new TimedJob(watches.Time("packing", () => engine.FitHeads(problem)), "heads", watches);

    private sealed class TimedJob(ITrainingJob job, string name, Stopwatches watches) : IEngine.IRepresentationJob, IEngine.IHeadJob
    {
        public string Name => job.Name;
        public string Engine => job.Engine;
        public int StepsPerEpoch => job.StepsPerEpoch;
        public long TotalSteps => job.TotalSteps;
        public MlpWeights Weights => ((IEngine.IRepresentationJob)job).Weights;
        public LinearHeads Heads => ((IEngine.IHeadJob)job).Heads;

        public void Advance(long step, int count) => watches.Time(name, () =>
        {
            job.Advance(step, count);
            return true;
        });

        public double TakeMeanLoss() => job.TakeMeanLoss();
        public IReadOnlyList<NamedTensor> Save() => job.Save();
        public void Load(IReadOnlyDictionary<string, NamedTensor> state) => job.Load(state);
        public void Dispose() => job.Dispose();
    }
}
