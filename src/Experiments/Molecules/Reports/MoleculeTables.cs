namespace W2S.Experiments;

/// <summary>The tables of a molecular study, every number formatted: console and report show the same cells.</summary>
public static class MoleculeTables
{
    private static readonly (string Name, Func<MoleculeResult, MoleculePartErrors> Of)[] Models =
        [("weak", result => result.WeakOn), ("student", result => result.StudentOn), ("ceiling", result => result.StrongOn)];

    /// <summary>Which weak model the heuristic picks, in the manner of the paper's Tables 1 to 3, with the paper's own numbers where they are known.</summary>
    public static TextTable Choice(MoleculeSetResult set)
    {
        var paper = PaperTable.Of(set.Data);
        string[] beside = paper == null ? [] : ["paper: weak − m", "paper: student"];
        var rows = WeakModelChoice.Of(set.Results).Rows.Select(row => (string[])
        [
            row.Weak, Cell(row.WeakMinusMisfit), Cell(row.StudentError), .. paper == null ? [] : Beside(paper.FirstOrDefault(one => one.Hidden == row.Width)),
        ]);
        return new TextTable(["weak model", "weak − misfit", "student error", .. beside], [.. rows]);

        static string[] Beside(PaperRow? row) => row == null ? [NumberText.Nothing, NumberText.Nothing] : [Cell(row.WeakMinusMisfit), Cell(row.StudentError)];
    }

    /// <summary>Every measure of every weak model, means over the splits.</summary>
    public static TextTable Means(MoleculeSetResult set)
    {
        var rows = set.Weak.Select(weak => (string[])
        [
            weak, Mean(weak, result => result.WeakError), Mean(weak, result => result.StudentError), Mean(weak, result => result.StrongError),
            Mean(weak, result => result.Misfit), Mean(weak, result => result.Gain), NumberText.Percent(Recovered(weak)),
        ]);
        return new TextTable(["weak model", "weak error", "student", "ceiling", "misfit", "gain", "PGR"], [.. rows]);

        string Mean(string weak, Func<MoleculeResult, double> measure) => NumberText.Measure(Of(weak).Average(measure));

        // Of the means: a split with hardly a gap would drown the others in a mean of ratios.
        double? Recovered(string weak) => Of(weak).Average(result => result.WeakError - result.StrongError) is > 0 and var gap ? Of(weak).Average(result => result.Gain) / gap : null;

        IEnumerable<MoleculeResult> Of(string weak) => set.Results.Where(result => result.Weak == weak);
    }

    /// <summary>MSE, RMSE, MAE and R² of every model on the valid and the test part, means over the splits.</summary>
    public static TextTable Parts(MoleculeSetResult set)
    {
        var rows = set.Weak.SelectMany(weak => Models.SelectMany(model => new[] { "valid", "test" }.Select(part =>
        {
            var errors = set.Results.Where(result => result.Weak == weak).Select(result => part == "valid" ? model.Of(result).Valid : model.Of(result).Test).OfType<MoleculeErrors>().ToList();
            if (errors.Count == 0) return (string[])[weak, model.Name, part, .. Enumerable.Repeat(NumberText.Nothing, 4)];
            return (string[])
            [
                weak, model.Name, part, NumberText.Measure(errors.Average(one => one.MeanSquared)), NumberText.Measure(errors.Average(one => one.RootMeanSquared)),
                NumberText.Measure(errors.Average(one => one.MeanAbsolute)), NumberText.Ratio(errors.Average(one => one.Explained)),
            ];
        })));
        return new TextTable(["weak model", "model", "part", "MSE", "RMSE", "MAE", "R²"], [.. rows]);
    }

    /// <summary>Every dot: a weak model on a split.</summary>
    public static TextTable Splits(MoleculeSetResult set) => new(
        ["weak model", "split", "weak error", "student", "ceiling", "misfit", "gain", "weak − misfit", "PGR"],
        [.. set.Results.Select(result => (string[])
        [
            result.Weak, $"{result.Split}", NumberText.Measure(result.WeakError), NumberText.Measure(result.StudentError), NumberText.Measure(result.StrongError),
            NumberText.Measure(result.Misfit), NumberText.Measure(result.Gain), NumberText.Measure(result.WeakMinusMisfit), NumberText.Percent(result.GapRecovered),
        ])]);

    /// <summary>What the heuristic came to, in sentences.</summary>
    public static IReadOnlyList<string> ChoiceInWords(MoleculeSetResult set)
    {
        var choice = WeakModelChoice.Of(set.Results);
        var pick = choice.PickWasBest
            ? $"{choice.Pick.Weak}, the best"
            : $"{choice.Pick.Weak}, number {choice.PickRank} of {choice.Rows.Count} (the best is {choice.Best.Weak}, {NumberText.Measure(choice.Best.StudentError.Mean)})";
        string[] unknown = set.Data is "esol" or "freesolv" ? ["The paper's numbers for this data set are not known here."] : [];
        return [$"The least weak − misfit picks {pick}.", $"Spearman correlation of weak − misfit and student error: {NumberText.Ratio(choice.Correlation)}.", .. unknown];
    }

    /// <summary>How gain follows misfit over the dots of a figure.</summary>
    /// <param name="expectation">What is to be seen; empty says nothing of it.</param>
    public static IReadOnlyList<string> GainInWords(MoleculeSetResult set, string expectation)
    {
        var dots = new GainOnMisfit();
        foreach (var result in set.Results) dots.Add(result.Gain, result.Misfit);
        var (least, greatest) = (set.Results.Min(result => result.Misfit - result.Gain), set.Results.Max(result => result.Misfit - result.Gain));
        return
        [
            $"{set.Results.Count} dots: gain / misfit {NumberText.Ratio(dots.Ratio)}, correlation {NumberText.Ratio(dots.Correlation)}.",
            $"Below y = x by {NumberText.Measure(least)} to {NumberText.Measure(greatest)}{(expectation == "" ? "" : $"; expected: {expectation}")}.",
        ];
    }

    private static string Cell(SplitMean value) =>
        value.Deviation is { } deviation ? FormattableString.Invariant($"{value.Mean:F4} ± {deviation:F4}") : FormattableString.Invariant($"{value.Mean:F4}");
}
