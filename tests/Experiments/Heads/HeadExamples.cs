using W2S.Data;
using W2S.Experiments.Metrics;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Features and labels without a representation: rows of which a head is fitted to some.</summary>
internal sealed record HeadExamples(int Width, float[] Features, double[] Labels)
{
    public int Rows => Labels.Length;

    public static Study Ridge { get; } = new() { Data = ["drawn"], Heads = new HeadOptions { Solver = HeadSolver.Ridge } };

    public static Study Descent(int epochs) => new()
    {
        Data = ["drawn"],
        Heads = new HeadOptions { Solver = HeadSolver.AdamW, Standardise = true, Optimiser = new OptimiserOptions { Batch = 16, Epochs = epochs, WeightDecay = 0, LearningRate = 3e-3 } },
    };

    /// <summary>Random features, and labels that are linear in them but for noise: feature u has spread 1/(1 + u), all share a part.</summary>
    public static HeadExamples Draw(int rows, int width, double noise, long seed = 1)
    {
        var random = new RandomStream(seed, "head examples");
        var (values, labels) = (new float[rows * width], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            var common = random.NextNormal();
            for (var unit = 0; unit < width; unit++)
            {
                values[row * width + unit] = (float)((random.NextNormal() + 0.5 * common) / (1 + unit));
                labels[row] += values[row * width + unit] * (unit % 2 == 0 ? 1 : -0.5);
            }
            labels[row] += 3 + noise * random.NextNormal();
        }
        return new HeadExamples(width, values, labels);
    }

    /// <summary>One head for each range of rows.</summary>
    /// <param name="labels">Of all rows, for each head; null: the examples' own.</param>
    public IHeads Fit(Study study, Range[] rows, double[][]? labels = null, int draws = 1, int first = 0)
    {
        var count = rows[0].GetOffsetAndLength(Rows).Length;
        var features = new TaskSamples(rows.Length, count, Width, [.. rows.SelectMany(range => Features[(range.Start.GetOffset(Rows) * Width)..(range.End.GetOffset(Rows) * Width)])]);
        var targets = new Targets(rows.Length, count, 1, [.. rows.SelectMany((range, head) => (labels?[head] ?? Labels)[range])]);
        return HeadSolvers.Create(study, new FusedEngine(1), 1, null, new TrainingOptions(), RunServices.Silent)
            .Fit(new HeadFit("weak", new Numbered(first + rows.Length), first, features, targets, draws)).Heads;
    }

    /// <summary>What a single head predicts for every row.</summary>
    public double[] Predict(IHeads head) => head.Outputs(new TaskSamples(1, Rows, Width, Features)).Values;

    /// <summary>A head's errors on some rows.</summary>
    public RegressionMetrics Errors(IHeads head, Range rows) => RegressionMetrics.Of(Predict(head)[rows], Labels[rows]);

    /// <summary>Numbers of cells, and no examples.</summary>
    private sealed class Numbered(int count) : Dataset
    {
        public override string Title => "Drawn";
        public override string Unit => "of no unit";
        public override string StreamPrefix => "drawn/";
        public override IReadOnlyList<int> Cells { get; } = [.. Enumerable.Range(0, count)];
        public override int MostExamples => 0;
        public override int Count(Part part) => 0;
        public override Examples? Of(Part part, int first, int cells) => null;
        public override Targets Truth(Examples examples) => throw new NotSupportedException();
    }
}
