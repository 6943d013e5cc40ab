namespace W2S.Cli;

/// <summary>What a single stage did, for people: what it used and trained, the means over its tasks, and where all is kept.</summary>
internal static class StageText
{
    public static void Show(IRepresentation representation)
    {
        var origin = representation.Origin;
        Console.WriteLine($"representation: {representation.Description}");
        Console.WriteLine($"  {Training(origin.Found, origin.Steps, origin.Loss)}");
        if (origin.Folder != null) ShowFolder(origin.Folder);
    }

    /// <param name="saved">The folder that it was exported to, or null.</param>
    public static void Show(PretrainedEncoder encoder, string? saved)
    {
        var record = encoder.Record;
        Console.WriteLine($"transformer: {encoder.Shape}, tokenizer {encoder.Settings.Tokenizer}");
        Console.WriteLine($"  {(encoder.Found ? "found" : "trained")}, {ProgressText.Count(record.Steps, "step")}, loss {NumberText.Measure(record.TrainingLoss)}; {record.Engine}");
        foreach (var source in record.Sources) Console.WriteLine($"  {source}");
        if (record.HeldOutExamples > 0)
            Console.WriteLine($"  held out {ProgressText.Count(record.HeldOutExamples)} {(encoder.Settings.ReadsTexts ? "parts of texts" : "molecules")}: {NumberText.Percent(record.MaskedTokenAccuracy)} of hidden tokens right, loss {NumberText.Measure(record.MaskedTokenLoss)}");
        Console.WriteLine($"\n{saved ?? encoder.Folder}");
    }

    public static void Show(RepresentationSummary summary, string folder)
    {
        Console.WriteLine($"representation: {summary.Description}");
        Console.WriteLine($"  {Training(null, summary.Steps, summary.Loss)}; seed {summary.Seed}, {summary.Engine}");
        ShowFolder(folder);
    }

    public static void Show(Result run)
    {
        var panel = run.Panel;
        ShowParts(run.Parts!);
        Console.WriteLine();
        if (panel.Options.IsGaussian)
        {
            Console.Write(TableText.Write(StageTables.Means(run), TableText.OutputWidth));
            foreach (var part in StudyResultText.Beside([panel])) Console.Write("\n" + part);
        }
        else ShowSplits(run);
        Console.WriteLine($"\n{TableText.Wrapped(StageTables.Units(run))}\nSeed {panel.Seed}, {panel.Engine}, {NumberText.Duration(panel.Seconds)}.");
        foreach (var used in panel.Representations.Where(used => used.AliveUnits != null))
        {
            var explained = used.Explained is { } share ? $", explains {NumberText.Percent(share)} of the labels" : "";
            Console.WriteLine($"{used.Role} representation: {used.AliveUnits} of {Counted.Of(used.Width, "unit")} alive{explained}");
        }
        foreach (var alarm in RepresentationHealth.Alarms(panel.Representations)) Console.WriteLine(TableText.Wrapped($"COLLAPSED: {alarm}", "  "));
        if (run.Folder != "") ShowFolder(run.Folder);
    }

    private static void ShowSplits(Result run)
    {
        Console.WriteLine($"{TableText.Wrapped(StageTables.Protocol(run))}\n");
        Console.Write(TableText.Write(StageTables.Errors(run), TableText.OutputWidth));
        if (run.MeasuresGain)
        {
            Console.WriteLine($"\n{StageTables.Gained(run.Panel)}; the last PGR is that of the means:\n");
            Console.Write(TableText.Write(StageTables.Gains(run), TableText.OutputWidth));
        }
        foreach (var part in StudyResultText.Beside([run.Panel])) Console.Write("\n" + part);
    }

    /// <summary>What a run used and trained, and where each is kept.</summary>
    private static void ShowParts(IEnumerable<StagePart> parts)
    {
        foreach (var part in parts)
        {
            Console.WriteLine($"{part.Name}: {part.How}");
            if (part.Steps > 0) Console.WriteLine($"  {Training(part.Found, part.Steps, part.Loss)}");
            if (part.Folder != null) Console.WriteLine($"  {part.Folder}");
        }
    }

    private static string Training(bool? found, long steps, double? loss) => $"{found switch { true => "found, ", false => "trained, ", null => "" }}{ProgressText.Count(steps, "step")}, loss {NumberText.Measure(loss)}";

    /// <summary>The folder comes last, alone in its line, where scripts can take it.</summary>
    private static void ShowFolder(string folder)
    {
        Console.WriteLine($"\n{Path.Combine(folder, StudyOutputs.Report)}");
        Console.WriteLine(folder);
    }
}
