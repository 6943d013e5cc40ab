namespace W2S.Experiments;

/// <summary>One weak and one strong representation on one data set for one seed: the smallest study there is.</summary>
/// <param name="Study">With one data set and one weak representation.</param>
/// <param name="Weak">Null where no weak model is wanted.</param>
/// <param name="Strong">Null where neither student nor ceiling is wanted.</param>
/// <param name="Solver">Fits the heads of each stage.</param>
/// <param name="Host">Time, the wish to stop, and where to tell.</param>
public sealed record Comparison(
    Study Study, Dataset Data, IRepresentation? Weak, IRepresentation? Strong, IHeadSolver Solver, RunServices Host)
{
    /// <summary>As heads read it: what is below the blocks that train with them, where the study says so.</summary>
    public IRepresentation? Weak { get; init; } = UnfrozenRepresentation.Of(Weak, Study, "weak");

    /// <inheritdoc cref="Weak"/>
    public IRepresentation? Strong { get; init; } = UnfrozenRepresentation.Of(Strong, Study, "strong");

    /// <summary>Numbers of one array of features, 32 MB; the panels of the paper are one block each.</summary>
    private const long BlockNumbers = 1 << 23;

    /// <summary>
    /// Cells that are drawn, fitted and measured together, so that memory is that of a block; results do not depend on it.
    /// </summary>
    public int BlockCells { get; init; } = !Study.IsGaussian && Study.Heads.TrainsBlocks
        ? 1 : (int)Math.Clamp(BlockNumbers / NumbersOf(Study, Data, Weak, Strong), 1, Data.Cells.Count);

    /// <summary>Fits the models of these stages and measures them.</summary>
    /// <param name="stages">Which models there are to be, in order; a student needs its weak model.</param>
    /// <param name="known">Heads of all cells that were fitted before, by stage.</param>
    /// <exception cref="UserErrorException">The data are not those whose SHA-256 the settings have.</exception>
    /// <exception cref="StoppedException">Asked to stop; what is trained is saved.</exception>
    public Outcome Run(IReadOnlyList<string> stages, IReadOnlyDictionary<string, IHeads>? known = null)
    {
        Fingerprint.RequireSame(Data.Title, Study.DataDigests.ElementAtOrDefault(0), Data.Digest);
        var (cells, fits, predictions) = (new List<CellResult>(), new List<(string, SolvedHeads)>(), new List<EvaluatedRows>());
        IReadOnlyList<PanelResult.Representation> representations = [];
        for (int first = 0, count; first < Data.Cells.Count; first += count)
        {
            count = Math.Min(BlockCells, Data.Alike(first));
            var block = new Block(this, first, count, known);
            foreach (var stage in stages) block.Fit(stage);
            var measured = block.Measure();
            fits.AddRange(block.Fits);
            cells.AddRange(measured.Cells);
            if (block.Evaluated is { } evaluated) predictions.Add(evaluated);
            // Judged on the first block: two million features say enough of their health.
            if (first == 0) representations = measured.Representations;
        }
        return new Outcome(cells, representations, fits, predictions);
    }

    /// <summary>What was found, with all that a report says of it.</summary>
    /// <param name="engine">The study's; where other kernels fitted the heads, they are named too.</param>
    public PanelResult Result(Outcome outcome, string engine, double seconds)
    {
        string[] ofHeads = [.. outcome.Fits.Select(fit => fit.Solved.Engine).OfType<string>().Distinct()];
        if (ofHeads.Length > 0 && !Study.IsGaussian) engine = string.Join(", ", ofHeads);
        else if (ofHeads.Any(other => other != engine)) engine = $"{engine}, heads: {string.Join(", ", ofHeads)}";
        var examples = new OrderedDictionary<string, int>();
        Dataset.Part[] parts = [Dataset.Part.Weak, Dataset.Part.Student, Dataset.Part.Valid, Dataset.Part.Test, Dataset.Part.Evaluation];
        foreach (var part in parts)
            if (Data.Count(part) is > 0 and var count) examples[part.ToString().ToLowerInvariant()] = count;
        return new PanelResult(Study, Data.Title, Data.Unit, engine, examples, outcome.Representations, outcome.Cells, seconds);
    }

    private static long NumbersOf(Study study, Dataset data, IRepresentation? weak, IRepresentation? strong)
    {
        var widest = new[] { weak?.Width ?? 1, strong?.Width ?? 1, study.IsGaussian ? study.InputWidth : 1 }.Max();
        return (long)data.MostExamples * Math.Max(1, study.Features.TrainModePasses) * widest;
    }

    /// <summary>What a comparison found.</summary>
    /// <param name="Cells">In the order of the data set's.</param>
    /// <param name="Representations">Those that were used.</param>
    /// <param name="Fits">What was fitted, block by block.</param>
    /// <param name="Predictions">On the evaluation rows of tables, block by block.</param>
    public sealed record Outcome(
        IReadOnlyList<CellResult> Cells, IReadOnlyList<PanelResult.Representation> Representations,
        IReadOnlyList<(string Stage, SolvedHeads Solved)> Fits, IReadOnlyList<EvaluatedRows> Predictions);

    /// <summary>
    /// The experiment of 2405.15116 on a block of cells: weak heads on true labels, the student on the weak model's labels, the
    /// ceiling on true labels, and then the measures. Representations come in frozen; only heads are fitted here.
    /// </summary>
    /// <param name="first">The block's first cell, by its place among the data set's.</param>
    /// <param name="known">Heads of all the data set's cells that were fitted before, by stage.</param>
    private sealed class Block(Comparison comparison, int first, int cells, IReadOnlyDictionary<string, IHeads>? known)
    {
        private readonly Dataset _data = comparison.Data;
        private readonly Objective _objective = comparison.Study.Objective.Create();
        private readonly OrderedDictionary<string, IHeads> _heads = [];
        private Examples? _studentExamples;
        private (FeatureRows Features, int Draws)? _strongFeatures;

        /// <summary>What was fitted here, in that order.</summary>
        public List<(string Stage, SolvedHeads Solved)> Fits { get; } = [];

        /// <summary>What was predicted for the evaluation rows of a table, once measured.</summary>
        public EvaluatedRows? Evaluated { get; private set; }

        /// <summary>Fits the heads of a stage, unless they are known; a student needs its weak model first.</summary>
        /// <exception cref="StoppedException">Asked to stop; what is trained is saved.</exception>
        public void Fit(string stage)
        {
            comparison.Host.Stop.ThrowIfSet();
            _heads[stage] = known?.GetValueOrDefault(stage)?.Slice(first, cells) ?? stage switch
            {
                Stages.Weak => FitWeak(),
                Stages.Student => FitStudent(),
                _ => FitStrong(),
            };
        }

        /// <summary>Stage 1, weak: heads on the weak representation, on true labels, or on noisy ones where the study says so.</summary>
        private IHeads FitWeak()
        {
            var examples = _data.Of(Dataset.Part.Weak, first, cells)!;
            var (study, numbers) = (comparison.Study, _data.Cells.Skip(first).Take(cells));
            var labels = study.LabelNoise.On(_data.Labels(examples), study.Seed, $"{_data.StreamPrefix}weak/label noise", numbers);
            return Solve(Stages.Weak, examples, comparison.Weak!.FittingFeatures(examples), labels);
        }

        /// <summary>Stage 2, weak-to-strong: heads on the strong representation, on the weak model's labels.</summary>
        private IHeads FitStudent() =>
            Solve(
                Stages.Student, StudentExamples(), StrongFeatures(),
                comparison.Study.WeakLabels.Of(Predict(Stages.Weak, comparison.Weak!.Rows(StudentExamples()))));

        /// <summary>
        /// Stage 3, strong: the ceiling. It sees the student's examples, so that the two differ in nothing but the labels (our
        /// choice: the paper does not report a ceiling).
        /// </summary>
        private IHeads FitStrong() => Solve(Stages.Strong, StudentExamples(), StrongFeatures(), _data.Labels(StudentExamples()));

        private IHeads Solve(string stage, Examples examples, (FeatureRows Features, int Draws) fitting, Targets labels)
        {
            var stopsByTruth = comparison.Study.Heads.EarlyStopping.Criterion == HeadOptions.StoppingCriterion.Truth;
            var solved = comparison.Solver.Fit(new HeadFit(
                stage, _data, first, fitting.Features, labels.Repeated(fitting.Draws), fitting.Draws)
            {
                Blocks = (RepresentationOf(stage) as UnfrozenRepresentation)?.Blocks,
                TrueLabels = stopsByTruth ? _data.Labels(examples) : null,
            });
            Fits.Add((stage, solved));
            return solved.Heads;
        }

        /// <summary>The examples that the weak model labels.</summary>
        private Examples StudentExamples() => _studentExamples ??= _data.Of(Dataset.Part.Student, first, cells)!;

        /// <summary>The strong features of these examples, on which the student and the ceiling are fitted.</summary>
        private (FeatureRows Features, int Draws) StrongFeatures() =>
            _strongFeatures ??= comparison.Strong!.FittingFeatures(StudentExamples());

        /// <summary>
        /// The errors of whatever was fitted, and the misfit where there is a student, on the evaluation examples of every cell.
        /// </summary>
        /// <returns>
        /// The cells, and what the representations are worth: their health, and what heads on them explain that were fitted on true labels.
        /// </returns>
        public (IReadOnlyList<CellResult> Cells, IReadOnlyList<PanelResult.Representation> Representations) Measure()
        {
            (_strongFeatures, _studentExamples) = (null, null); // their memory is wanted now
            var evaluation = _data.Of(Dataset.Part.Evaluation, first, cells)!;
            var truth = _data.Truth(evaluation);
            var features = new Dictionary<IRepresentation, FeatureRows>();
            var predictions = _heads.ToDictionary(model => model.Key, model => Predict(model.Key, FeaturesFor(model.Key)));

            var errors = predictions.ToDictionary(model => model.Key, model => Errors.Of(_objective.Error, model.Value, truth));
            var apart = MisfitPredictions(predictions);
            var misfit = apart is { } pair ? Errors.Of(_objective.Misfit, pair.Student, pair.Teacher) : null;
            var measures = MeasuresOf(predictions, truth);
            if (evaluation is Examples.OfTable rows) Evaluated = new EvaluatedRows(rows, truth, predictions);
            var results = Enumerable.Range(0, cells).Select(cell => new CellResult(
                _data.Cells[first + cell], Of(Stages.Weak, cell), Of(Stages.Student, cell), Of(Stages.Strong, cell), misfit?[cell],
                measures[cell])
            {
                Intervals = _data.Cells.Count == 1 ? RowIntervals(predictions, truth, apart) : null,
            });
            return ([.. results], [.. features.Select(used => Examined(used.Key, used.Value))]);

            FeatureRows FeaturesFor(string stage)
            {
                var representation = RepresentationOf(stage);
                return features.TryGetValue(representation, out var computed)
                    ? computed
                    : features[representation] = representation.Rows(evaluation);
            }

            double? Of(string stage, int cell) => errors.TryGetValue(stage, out var all) ? all[cell] : null;

            PanelResult.Representation Examined(IRepresentation representation, FeatureRows seen)
            {
                var role = representation == comparison.Weak ? Stages.Weak : Stages.Strong;
                double? explained = predictions.TryGetValue(role, out var taught) ? FeatureHealth.Explained(taught, truth) : null;
                var health = comparison.Study.IsGaussian ? FeatureHealth.Of(seen.ToSamples()) : null;
                return PanelResult.Representation.Of(
                    role, representation, health, explained, sawTruth: role == Stages.Weak ? WeakSeesTruth : SeesTruth);
            }
        }

        /// <summary>
        /// What the misfit compares: predictions on the evaluation examples, or on a sample of its own; null where a model is missing.
        /// </summary>
        private (Targets Student, Targets Teacher)? MisfitPredictions(IReadOnlyDictionary<string, Targets> predictions)
        {
            if (!predictions.TryGetValue(Stages.Weak, out var teacher) || !predictions.TryGetValue(Stages.Student, out var student))
                return null;
            return _data.Of(Dataset.Part.Misfit, first, cells) is { } own
                ? (Predict(Stages.Student, comparison.Strong!.Rows(own)), Predict(Stages.Weak, comparison.Weak!.Rows(own)))
                : (student, teacher);
        }

        /// <summary>How far other evaluation rows would have moved the measures of the only cell.</summary>
        private MeanIntervals RowIntervals(
            IReadOnlyDictionary<string, Targets> predictions, Targets truth, (Targets Student, Targets Teacher)? apart)
        {
            var misfit = apart is { } pair ? Errors.OfRows(_objective.Misfit, pair.Student, pair.Teacher, 0) : null;
            return MeanIntervals.Of(
                MeanIntervals.Rows, new(Rows(Stages.Weak), Rows(Stages.Student), Rows(Stages.Strong), misfit), comparison.Study.Seed,
                hasMisfitRows: apart is { } own && own.Student != predictions[Stages.Student]);

            double[]? Rows(string stage) =>
                predictions.TryGetValue(stage, out var all) ? Errors.OfRows(_objective.Error, all, truth, 0) : null;
        }

        private Targets Predict(string stage, FeatureRows features) =>
            _objective.Predict(_heads[stage].Outputs(features), _data.LabelWidth);

        /// <summary>
        /// Further measures of every model, cell by cell: on each part of a table that it has not seen, else on the evaluation sample.
        /// </summary>
        private OrderedDictionary<string, double?>[] MeasuresOf(IReadOnlyDictionary<string, Targets> predictions, Targets truth)
        {
            var measured = comparison.Study.Evaluation.Part == Study.EvaluationPart.Valid ? Dataset.Part.Valid : Dataset.Part.Test;
            var measures = Enumerable.Range(0, cells).Select(_ => new OrderedDictionary<string, double?>()).ToArray();
            foreach (var stage in _heads.Keys)
            {
                if (comparison.Study.IsGaussian) Errors.Add(measures, stage, predictions[stage], truth);
                else
                {
                    foreach (var (part, name) in new[] { (Dataset.Part.Valid, "valid"), (Dataset.Part.Test, "test") })
                    {
                        var isLearned = stage != Stages.Weak && comparison.Study.Protocol == Dataset.Protocol.Valid;
                        if (part == Dataset.Part.Valid && isLearned) continue;
                        if (_data.Of(part, first, cells) is not { } examples) continue;
                        var known = part == measured ? predictions[stage] : Predict(stage, RepresentationOf(stage).Rows(examples));
                        Errors.Add(measures, $"{stage}_{name}", known, _data.Truth(examples));
                    }
                }
            }
            if (predictions.TryGetValue(Stages.Weak, out var teacher) && predictions.TryGetValue(Stages.Student, out var student))
                Errors.AddAgreement(measures, student, teacher);
            return measures;
        }

        /// <summary>
        /// Whether heads are fitted on the truth itself: what they explain tells of the representation only where they are.
        /// </summary>
        private bool SeesTruth => comparison.Study.Targets == 1 || comparison.Study.Classes.Labels == Study.LabelKind.Soft;

        private bool WeakSeesTruth => SeesTruth && comparison.Study.LabelNoise.Share == 0;

        private IRepresentation RepresentationOf(string stage) => stage == Stages.Weak ? comparison.Weak! : comparison.Strong!;
    }

    /// <summary>Models' predictions on the evaluation rows of a block of cells.</summary>
    /// <param name="Truth">[cells, rows, targets].</param>
    /// <param name="Models">By stage, of the same shape.</param>
    public sealed record EvaluatedRows(Examples.OfTable Examples, Targets Truth, IReadOnlyDictionary<string, Targets> Models);
}
