namespace W2S.Experiments;

/// <summary>One weak and one strong representation on one data set for one seed: the smallest study there is.</summary>
/// <param name="Study">With one data set and one weak representation.</param>
/// <param name="Weak">Null where no weak model is wanted.</param>
/// <param name="Strong">Null where neither student nor ceiling is wanted.</param>
/// <param name="Solver">Fits the heads of a stage.</param>
/// <param name="Host">Time, the wish to stop, and where to tell.</param>
public sealed record Comparison(Study Study, Dataset Data, IRepresentation? Weak, IRepresentation? Strong, Func<string, IHeadSolver> Solver, RunServices Host)
{
    /// <summary>As heads read it: what is below the blocks that train with them, where the study says so.</summary>
    public IRepresentation? Weak { get; init; } = UnfrozenRepresentation.Of(Weak, Study, "weak");

    /// <inheritdoc cref="Weak"/>
    public IRepresentation? Strong { get; init; } = UnfrozenRepresentation.Of(Strong, Study, "strong");

    /// <summary>Numbers of one array of features, 32 MB; the panels of the paper are one block each.</summary>
    private const long BlockNumbers = 1 << 23;

    /// <summary>Cells that are drawn, fitted and measured together, so that memory is that of a block; results do not depend on it.</summary>
    public int BlockCells { get; init; } = !Study.IsGaussian && Study.Heads.TrainsBlocks
        ? 1 : (int)Math.Clamp(BlockNumbers / NumbersOf(Study, Data, Weak, Strong), 1, Data.Cells.Count);

    /// <summary>Fits the models of these stages and measures them.</summary>
    /// <param name="stages">Which models there are to be, in order; a student needs its weak model.</param>
    /// <param name="known">Heads of all cells that were fitted before, by stage.</param>
    /// <exception cref="UserErrorException">The data are not those whose SHA-256 the settings have.</exception>
    /// <exception cref="StoppedException">Asked to stop; what is trained is saved.</exception>
    public Outcome Run(IReadOnlyList<string> stages, IReadOnlyDictionary<string, IHeads>? known = null)
    {
        RecordedDigests.RequireSame(Data.Title, Study.DataDigests.ElementAtOrDefault(0), Data.Digest);
        var (cells, fits, predictions) = (new List<CellResult>(), new List<StageFit>(), new List<EvaluatedRows>());
        IReadOnlyList<RepresentationResult> representations = [];
        for (int first = 0, count; first < Data.Cells.Count; first += count)
        {
            count = Math.Min(BlockCells, Data.Alike(first));
            var block = new WeakToStrong(this, first, count, known);
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
    public PanelResult Result(Outcome outcome, string engine, double seconds)
    {
        var examples = new OrderedDictionary<string, int>();
        foreach (var part in new[] { Part.Weak, Part.Student, Part.Valid, Part.Test, Part.Evaluation })
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
        IReadOnlyList<CellResult> Cells, IReadOnlyList<RepresentationResult> Representations, IReadOnlyList<StageFit> Fits, IReadOnlyList<EvaluatedRows> Predictions);
}
