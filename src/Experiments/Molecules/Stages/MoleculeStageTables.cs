using W2S.Data;

namespace W2S.Experiments;

/// <summary>A molecular stage's results as tables that fit 80 columns, and the sentences that say what the numbers are of.</summary>
public static class MoleculeStageTables
{
    private const string Mean = "mean", Deviation = "std";

    /// <summary>The stage's own model, on both parts that it may be measured on: one row for each split and part.</summary>
    public static TextTable Errors(MoleculeStageRun run)
    {
        var measured = run.Splits.Select(split => (Split: split, Errors: OwnModel(run, split))).ToList();
        var parts = new List<(string Name, Func<MoleculeModelErrors, MoleculeErrors?> Of, Func<MoleculeStageSplit, int> Count)>
        {
            ("valid", errors => errors.Valid, split => split.Valid),
            ("test", errors => errors.Test, split => split.Test),
        }.Where(part => measured.All(one => part.Of(one.Errors) != null)).ToList();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (split, errors) in measured)
            foreach (var (name, of, count) in parts) rows.Add([$"{split.Split}", name, $"{count(split)}", .. Cells(of(errors)!)]);
        if (measured.Count > 1)
        {
            foreach (var (name, of, _) in parts)
            {
                var all = measured.Select(one => Numbers(of(one.Errors)!)).ToList();
                rows.Add([Mean, name, "", .. Over(all, values => values.Average(), NumberText.Measure)]);
                rows.Add([Deviation, name, "", .. Over(all, StandardDeviation, NumberText.Measure)]);
            }
        }
        return new TextTable(["split", "part", "molecules", "MSE", "RMSE", "MAE", "R²"], rows);
    }

    /// <summary>Gain against misfit on the test parts, one row for each split; with the ceiling where it was measured.</summary>
    public static TextTable Gains(MoleculeStageRun run)
    {
        var hasCeiling = run.Splits.All(split => split.Strong != null);
        string[] ceiling = hasCeiling ? ["ceiling", "PGR"] : [];
        var rows = run.Splits.Select(IReadOnlyList<string> (split) => [$"{split.Split}", .. Row(split)]).ToList();
        if (run.Splits.Count > 1)
        {
            rows.Add([Mean, .. Summed(values => values.Average())]);
            rows.Add([Deviation, .. Summed(StandardDeviation)]);
        }
        return new TextTable(["split", "weak error", "student error", "misfit", "gain", .. ceiling], rows);

        IEnumerable<string> Row(MoleculeStageSplit split) =>
            [.. Measures(split).Select(NumberText.Measure), .. hasCeiling ? [NumberText.Percent(split.GapRecovered)] : Array.Empty<string>()];

        // A share of a gap that some splits lack has no mean over all of them.
        IEnumerable<string> Summed(Func<IReadOnlyList<double>, double> sum) =>
            [.. Over(run.Splits.Select(split => Measures(split).Select(value => value ?? double.NaN).ToArray()).ToList(), sum, NumberText.Measure),
             .. hasCeiling ? [Shares(sum)] : Array.Empty<string>()];

        string Shares(Func<IReadOnlyList<double>, double> sum) => run.Splits.All(split => split.GapRecovered != null)
            ? NumberText.Percent(sum([.. run.Splits.Select(split => split.GapRecovered!.Value)])) : NumberText.Nothing;

        double?[] Measures(MoleculeStageSplit split) =>
            [split.Weak?.Test.MeanSquared, split.Student?.Test.MeanSquared, split.Misfit, split.Gain, .. hasCeiling ? [split.Strong!.Test.MeanSquared] : Array.Empty<double?>()];
    }

    /// <summary>Who was taught what, on which molecules, and where the numbers were measured.</summary>
    public static string Protocol(MoleculeStageRun run)
    {
        var (weak, student) = (MoleculeParts.InWords(run.Protocol, weak: true), MoleculeParts.InWords(run.Protocol, weak: false));
        var taught = run.Stage switch
        {
            "weak" => $"weak heads fitted on the true labels of {weak}",
            "strong" => $"ceiling: strong heads fitted on the true labels of {student}",
            _ => $"weak heads fitted on the true labels of {weak}, the student's on weak labels of {student}",
        };
        return $"{run.Title}: {taught}; heads by {run.Solver}.";
    }

    /// <summary>The units of what the tables show.</summary>
    public static string Units(MoleculeStageRun run)
    {
        var unit = run.Unit.StartsWith("of ", StringComparison.Ordinal) ? run.Unit : $"in {run.Unit}";
        return $"Labels {unit}, as they are in the file. {(run.Data == SyntheticDataSet.SetName ? "The splits are random" : "The splits are ChemBench's")}, named by their seeds.";
    }

    /// <summary>"weak", "student" or "strong": the model whose errors the stage reports.</summary>
    private static MoleculeModelErrors OwnModel(MoleculeStageRun run, MoleculeStageSplit split) => (run.Stage switch
    {
        "weak" => split.Weak,
        "strong" => split.Strong,
        _ => split.Student,
    })!;

    private static double?[] Numbers(MoleculeErrors errors) => [errors.MeanSquared, errors.RootMeanSquared, errors.MeanAbsolute, errors.Explained];

    private static IEnumerable<string> Cells(MoleculeErrors errors) => Numbers(errors).Select(NumberText.Measure);

    private static IEnumerable<string> Over(IReadOnlyList<double?[]> all, Func<IReadOnlyList<double>, double> sum, Func<double?, string> text) =>
        Enumerable.Range(0, all[0].Length).Select(column => text(sum([.. all.Select(one => one[column] ?? double.NaN)])));

    private static IEnumerable<string> Over(IReadOnlyList<double[]> all, Func<IReadOnlyList<double>, double> sum, Func<double?, string> text) =>
        Over([.. all.Select(one => one.Select(value => (double?)value).ToArray())], sum, text);

    /// <summary>Of a sample.</summary>
    private static double StandardDeviation(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
