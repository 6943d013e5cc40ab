namespace W2S.Papers;

/// <summary>
/// The pieces of the pipeline on one study, for experiments that ask for more than its three stages: examples, labels, frozen
/// features, and heads on whatever labels. All cells are one block. Stages carry the names and random streams of
/// <see cref="Comparison"/>, so what both fit has the same bits.
/// </summary>
/// <param name="representation">Gives the frozen representation of a role, "weak" or "strong".</param>
/// <param name="host">Hears nothing but the wish to stop: fits of an experiment are many and short.</param>
internal sealed class Bench(Study study, Dataset data, IEngine engine, Func<string, IRepresentation> representation, RunServices host)
{
    private readonly Dictionary<string, IRepresentation> _representations = [];
    private readonly Dictionary<Dataset.Part, Examples> _examples = [];
    private readonly Dictionary<(string, Dataset.Part), TaskSamples> _features = [];
    private readonly Dictionary<Dataset.Part, Targets> _truth = [];

    public Study Study => study;

    public IReadOnlyList<int> Cells => data.Cells;

    /// <summary>What repeats the experiment in a cell: the study's seed, or on a table the split's.</summary>
    public long SeedOf(int cell) => study.IsGaussian ? study.Seed : data.Cells[cell];

    public int Classes => data.LabelWidth;

    /// <summary>As heads read it: what is below the blocks that train with them, where the study says so.</summary>
    public IRepresentation Representation(string role) =>
        Once(_representations, role, () => study.IsGaussian || !study.Heads.TrainsBlocks
            ? UnfrozenRepresentation.Of(representation(role), study, role)!
            : throw new UserErrorException("Blocks of encoders train in studies (reproduce and the stages); an experiment fits all splits "
                + "side by side: leave heads.trainable_blocks out."));

    public Examples Examples(Dataset.Part part) => Once(_examples, part, () =>
        data.Alike(0) < data.Cells.Count
            ? throw new UserErrorException($"The splits of {data.Title} have parts of different sizes, and an experiment fits all of them "
                + "side by side: have it divided evenly by --random-splits 0,1,2, or take one split by --splits.")
            : data.Of(part, 0, data.Cells.Count) ?? throw new InvalidOperationException($"{data.Title} has no part {part}."));

    /// <summary>[cells, count, targets]: what models are measured against.</summary>
    public Targets Truth(Dataset.Part part) => Once(_truth, part, () => data.Truth(Examples(part)));

    /// <summary>[cells, count, targets]: what is seen of the truth, a drawn class for each example where the study says so.</summary>
    public Targets Labels(Dataset.Part part) => data.Labels(Examples(part));

    /// <summary>What the weak model is fitted to: the labels of its part, with noise where the study says so.</summary>
    public Targets WeakTrainingLabels() =>
        study.LabelNoise.On(Labels(Dataset.Part.Weak), study.Seed, $"{data.StreamPrefix}weak/label noise", data.Cells);

    /// <summary>[cells, count, width].</summary>
    public TaskSamples Features(string role, Dataset.Part part) =>
        Once(_features, (role, part), () => Representation(role).Features(Examples(part)));

    /// <summary>Stage 1: heads on the weak representation, on true labels.</summary>
    public Model Weak() => Fit(Stages.Weak, Stages.Weak, Dataset.Part.Weak, WeakTrainingLabels());

    /// <summary>The labels that a teacher gives the student, as the study's weak_labels have them.</summary>
    public Targets WeakLabels(Model teacher) => study.WeakLabels.Of(teacher.On(Dataset.Part.Student));

    /// <summary>Stage 2: heads on the strong representation, on somebody's labels of the student's examples.</summary>
    /// <param name="objective">Null: the study's.</param>
    public Model Student(Targets labels, ObjectiveOptions? objective = null, HeadSolver? solver = null) =>
        Fit(Stages.Student, Stages.Strong, Dataset.Part.Student, labels, objective, solver);

    /// <summary>Stage 3: the ceiling, heads on the strong representation, on true labels of the student's examples.</summary>
    public Model Strong() => Fit(Stages.Strong, Stages.Strong, Dataset.Part.Student, Labels(Dataset.Part.Student));

    /// <param name="stage">Names the random streams.</param>
    /// <param name="role">Whose representation: "weak" or "strong".</param>
    /// <param name="part">The examples that the labels belong to.</param>
    /// <param name="objective">Null: the study's.</param>
    /// <param name="solver">Null: the study's, where Newton's method gives way to AdamW if it cannot fit the objective.</param>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public Model Fit(
        string stage, string role, Dataset.Part part, Targets labels, ObjectiveOptions? objective = null, HeadSolver? solver = null)
    {
        ThrowIfStopped();
        var kind = (objective ?? study.Objective).Create();
        var chosen = solver
            ?? (study.Heads.Solver == HeadSolver.Newton && kind.GetType() != typeof(CrossEntropy) ? HeadSolver.AdamW : study.Heads.Solver);
        var fitted = study with { Objective = objective ?? study.Objective, Heads = study.Heads with { Solver = chosen } };
        var solving = HeadSolvers.Create(fitted, engine, threads: 1, checkpoints: null, new TrainingOptions(), host);
        return new Model(this, role, kind, solving.Fit(Fitting(stage, role, part, labels)).Heads);
    }

    /// <summary>A training of heads at its first step, for who looks at it on its way; the caller's.</summary>
    public ITrainingJob Training(HeadFit fit) =>
        new GradientDescent(study, engine, threads: 1, checkpoints: null, new TrainingOptions(), host).Start(fit);

    /// <summary>What a solver is given.</summary>
    public HeadFit Fitting(string stage, string role, Dataset.Part part, Targets labels) =>
        new(stage, data, 0, Features(role, part), labels, Draws: 1)
    {
        Blocks = (Representation(role) as UnfrozenRepresentation)?.Blocks,
        TrueLabels = study.Heads.EarlyStopping.Criterion == HeadOptions.StoppingCriterion.Truth ? Labels(part) : null,
    };

    /// <exception cref="StoppedException">Asked to stop.</exception>
    public void ThrowIfStopped()
    {
        if (host.Stop.Reason is { } reason) throw new StoppedException(reason);
    }

    private static TValue Once<TKey, TValue>(Dictionary<TKey, TValue> known, TKey key, Func<TValue> make) where TKey : notnull =>
        known.TryGetValue(key, out var value) ? value : known[key] = make();

    /// <summary>Fitted heads on a frozen representation.</summary>
    public sealed record Model(Bench Bench, string Role, Objective Objective, IHeads Heads)
    {
        private readonly Dictionary<Dataset.Part, Targets> _predictions = [];

        /// <summary>Predictions, [cells, count, targets].</summary>
        public Targets On(Dataset.Part part)
        {
            if (!_predictions.TryGetValue(part, out var known))
                _predictions[part] = known = Objective.Predict(Heads.Outputs(Bench.Features(Role, part)), Bench.Classes);
            return known;
        }
    }
}
