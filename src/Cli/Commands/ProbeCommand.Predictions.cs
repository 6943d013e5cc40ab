using System.Text;

namespace W2S.Cli;

// What is measured of predictions in files: for people, and in a folder for programs.
internal sealed partial class ProbeCommand
{
    private void ProbePredictions(ParseResult parsed)
    {
        Option[] others = [_weak, _strong, .. _dividing, _half, .. _fitting, _seeds, _set];
        string[] given = [.. others.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (given.Length > 0)
            throw new UserErrorException(
                $"{string.Join(", ", given)}: with predictions nothing is divided or fitted. Leave {(given.Length == 1 ? "it" : "them")} "
                + "out, or give features instead of predictions.");
        var (weak, strong, labels) = (Needed(parsed, _weakPredictions), Needed(parsed, _strongPredictions), Needed(parsed, _labels));
        var calibration = new Calibration.Options { Bins = parsed.GetValue(_bins) };
        if (calibration.Bins is < 1 or > 100_000) throw new UserErrorException("--bins is a number from 1 to 100000.");
        Run(parsed, run =>
        {
            var options = ProbeStudy.Table(Said(parsed));
            var task = ProbeStudy.Resolve(parsed.GetValue(_task), labels!, options, run.Log);
            var probe = new PredictionProbe(labels!, task == ProbeStudy.Task.Classes, options, calibration);
            var (student, folder) = (parsed.GetValue(_studentPredictions), _run.Folder(parsed));
            return _run.IsDry(parsed)
                ? Foreseen(probe, weak!, strong!, student, folder)
                : Measured(probe, weak!, strong!, student, folder);
        }, Console.Write);
    }

    /// <param name="student">Null where there is none: then the strong model is compared with the weak one.</param>
    /// <param name="folder">Null: they are only shown.</param>
    private static string Measured(PredictionProbe probe, string weak, string strong, string? student, string? folder)
    {
        (string Name, string File)[] files = [("weak", weak), .. student == null ? [] : new[] { ("student", student) }, ("strong", strong)];
        var predictions = files.ToDictionary(file => file.Name, file => probe.Read(file.File));
        PredictionProbe.Model[] models = [.. files.Select(file => probe.Measure(file.Name, file.File, predictions[file.Name]))];
        var pupil = student == null ? "strong" : "student";
        List<(string Name, double? Value)> further = [.. probe.Compare(predictions[pupil], predictions["weak"])
            .Select(measure => (measure.Key, measure.Value))];
        var text = new StringBuilder(TableText.Wrapped($"{Counted.Of(probe.Rows, "row")}, {Labels(probe.Classes)}; nothing was fitted."))
            .Append("\n\n");
        text.Append(TableText.Write(new TextTable(["measure", .. models.Select(model => model.Name)],
            [.. models[0].Measures.Keys.Select(measure =>
                (string[])[measure, .. models.Select(model => NumberText.Measure(model.Measures[measure]))])]), TableText.OutputWidth));
        text.Append('\n').Append(TableText.Wrapped($"{pupil} against weak: "
            + $"{string.Join(", ", further.Select(measure => $"{measure.Name} {NumberText.Measure(measure.Value)}"))}.")).Append('\n');
        var (gain, interval, recovered) = probe.Gain(predictions["weak"], predictions[pupil], predictions["strong"], seed: 0);
        further.AddRange([("gain", gain), ("gain_low", interval?.Low), ("gain_high", interval?.High)]);
        if (student != null) further.Add(("gap_recovered", recovered));
        var error = probe.Classes == null ? "mean squared error" : "Brier score";
        var share = student != null && recovered is { } part ? $", {NumberText.Percent(part)} of the gap to the strong model" : "";
        var bounds = interval == null
            ? ""
            : $" [{NumberText.Measure(interval.Low)}, {NumberText.Measure(interval.High)}]: 95 %, by bootstrap over the rows";
        text.Append(TableText.Wrapped($"By {error} {pupil} gains {NumberText.Measure(gain)} on weak{bounds}{share}.")).Append('\n');
        if (folder == null) return text.ToString();
        PredictionProbe.Write(folder, models, further);
        return text.Append($"\n{Path.Combine(folder, "metrics.csv")}\n").ToString();
    }

    /// <summary>What would be measured; the files are looked at, and nothing is written.</summary>
    private static string Foreseen(PredictionProbe probe, string weak, string strong, string? student, string? folder)
    {
        string[] files = [weak, .. student == null ? [] : new[] { student }, strong];
        foreach (var file in files) probe.Read(file);
        var place = folder == null
            ? "Nothing would be written without --out."
            : $"Measures would go to {Path.Combine(folder, "metrics.csv")}.";
        var (named, rows) = (string.Join(", ", files), Counted.Of(probe.Rows, "row"));
        return TableText.Wrapped($"A dry run: {named} would be measured on {rows}, {Labels(probe.Classes)}. {place}") + "\n";
    }

    private static string Labels(IReadOnlyList<string>? classes) => classes == null
        ? "labels are numbers"
        : $"{classes.Count} classes ({string.Join(", ", classes.Take(10))}{(classes.Count > 10 ? ", …" : "")})";
}
