using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Obtains what one stage's run needs, and keeps the list of it.</summary>
internal sealed class StageWork(StudyOptions options, IEngine engine, int threads, RepresentationStore store, TrainingOptions training, RunServices run)
{
    private readonly List<StagePart> _parts = [];

    /// <summary>What was obtained so far, in that order.</summary>
    public IReadOnlyList<StagePart> Parts => _parts;

    public Representation Representation(RepresentationOptions representation, string role)
    {
        var obtained = store.Obtain(options, representation, role, engine);
        _parts.Add(new StagePart($"{role} representation", obtained.Description, obtained.Steps, obtained.Loss, obtained.Folder) { Found = obtained.Found });
        return obtained;
    }

    /// <summary>The study, to fit heads of one stage with, which are kept in that run's folder.</summary>
    public LinearHeads Heads(string folder, Func<WeakToStrongStudy, LinearHeads> fit)
    {
        var stages = new HeadStages(options, engine, threads, folder, training, run);
        var heads = fit(new WeakToStrongStudy(options, engine, stages));
        _parts.AddRange(stages.Parts);
        return heads;
    }

    /// <summary>Measures on fresh samples what is given.</summary>
    public StageMeasures Measure(Representation? weak, LinearHeads? weakHeads, Representation? strong = null, LinearHeads? studentHeads = null, LinearHeads? strongHeads = null) =>
        new WeakToStrongStudy(options, engine, new HeadStages(options, engine, threads, "", training, run)).Measure(weak, weakHeads, strong, studentHeads, strongHeads);
}
