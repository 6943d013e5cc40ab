namespace W2S.Cli;

/// <summary>
/// What runs found, for people: what a stage used and trained, the tables of a study or an experiment and what one must know about
/// them, and where all is kept.
/// </summary>
internal static partial class ResultText
{
    // More rows than one reads on a screen; the report has them all.
    private const int MostRows = 60, MostRowsOfExperiments = 24;
    private const int MostNotes = 12;

    public static void Show(Result result)
    {
        if (result.Stage != Result.StudyStage) ShowStage(result);
        else if (result.Panels.All(panel => panel.Name == ProbeStudy.Name)) ShowProbe(result);
        else ShowStudy(result);
    }

    public static void Show(ExperimentResults results)
    {
        foreach (var result in results.Experiments)
        {
            Console.Write($"{result.Name}: {result.Sentences}\n\n");
            foreach (var table in result.Tables.Where(table => table.Rows.Count <= MostRowsOfExperiments))
                Console.Write(TableText.Write(table, TableText.OutputWidth) + "\n");
        }
        Console.Write(Path.Combine(results.Folder, StudyOutputs.Report) + "\n");
    }

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
        Console.WriteLine($"  {(encoder.Found ? "found" : "trained")}, {ProgressText.Count(record.Steps, "step")}, loss "
            + $"{NumberText.Measure(record.TrainingLoss)}; {record.Engine}");
        foreach (var source in record.Sources) Console.WriteLine($"  {source}");
        if (record.HeldOutExamples > 0)
            Console.WriteLine($"  held out {ProgressText.Count(record.HeldOutExamples)} "
                + $"{(encoder.Settings.ReadsTexts ? "parts of texts" : "molecules")}: {NumberText.Percent(record.MaskedTokenAccuracy)} of "
                + $"hidden tokens right, loss {NumberText.Measure(record.MaskedTokenLoss)}");
        Console.WriteLine($"\n{saved ?? encoder.Folder}");
    }

    public static void Show(MlpStore.Summary summary, string folder)
    {
        Console.WriteLine($"representation: {summary.Description}");
        Console.WriteLine($"  {Training(null, summary.Steps, summary.Loss)}; seed {summary.Seed}, {summary.Engine}");
        ShowFolder(folder);
    }

    private static void ShowStudy(Result result)
    {
        List<string> parts = [.. Tasks([.. result.Panels.Where(panel => panel.Options.IsGaussian)])];
        foreach (var set in result.Panels.Where(panel => !panel.Options.IsGaussian).GroupBy(panel => (panel.Name, panel.Data, panel.Seed)))
            parts.AddRange(Table([.. set]));
        var notes = SummaryTable.Notes(result.Panels);
        if (notes.Count > 0)
        {
            var more = notes.Count > MostNotes ? $"… and {notes.Count - MostNotes} more; the report names them all.\n" : "";
            parts.Add(string.Concat(notes.Take(MostNotes).Select(note => TableText.Wrapped(note, "  ") + "\n")) + more);
        }
        parts.Add(Path.Combine(result.Folder, StudyOutputs.Report) + "\n");
        Console.Write(string.Join('\n', parts));
    }

    private static IEnumerable<string> Tasks(IReadOnlyList<PanelResult> panels)
    {
        if (panels.Count is > 0 and <= MostRows) yield return TableText.Write(SummaryTable.Compact(panels), TableText.OutputWidth);
        if (panels.DistinctBy(panel => panel.Seed).Count() > 1)
            yield return TableText.Write(SummaryTable.Spread(panels), TableText.OutputWidth);
        if (panels.Count is > 0 and <= MostRows)
            foreach (var part in Beside(panels)) yield return part;
    }

    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    private static IEnumerable<string> Table(IReadOnlyList<PanelResult> panels)
    {
        var first = panels[0];
        yield return $"{first.DataTitle}, mean ± standard deviation over splits "
            + $"{string.Join(", ", first.Cells.Select(cell => cell.Cell))}; seed {first.Seed}\n{Lines(StudyText.Lines(first.Options))}";
        yield return TableText.Write(WeakModelTables.Choice(panels), TableText.OutputWidth) + Lines(WeakModelTables.ChoiceInWords(panels));
        yield return TableText.Write(WeakModelTables.Means(panels), TableText.OutputWidth) + Lines(WeakModelTables.GainInWords(panels));
        foreach (var part in Beside(panels)) yield return part;
    }

    /// <summary>How sure gain and misfit are, and how good models of classes are; each table with what it says.</summary>
    /// <param name="panels">Of tasks, or of one table and seed.</param>
    private static IEnumerable<string> Beside(IReadOnlyList<PanelResult> panels)
    {
        var classes = panels[0].Options.IsGaussian ? ModelTable.OfTasks(panels)
            : panels[0].Options.Targets > 1 ? ModelTable.OfParts(panels)
            : null;
        if (IntervalTable.Of(panels, errors: false) is { } intervals) yield return Said(intervals, IntervalTable.InWords(panels));
        if (classes != null) yield return Said(classes, ModelTable.OfClasses);

        static string Said(TextTable table, string sentence) =>
            $"{TableText.Write(table, TableText.OutputWidth)}{TableText.Wrapped(sentence)}\n";
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>What a probe found: the table, what it means, and where the rest is.</summary>
    private static void ShowProbe(Result result)
    {
        var parts = new List<string>();
        foreach (var set in result.Panels.GroupBy(panel => panel.Seed))
        {
            IReadOnlyList<PanelResult> panels = [.. set];
            var first = panels[0];
            parts.Add(string.Concat(StudyText.Lines(first.Options).Prepend(Heading(first)).Select(line => TableText.Wrapped(line) + "\n")));
            parts.Add(TableText.Write(Verdict.Table(panels), TableText.OutputWidth));
            if (Verdict.Classes(panels) is { } classes) parts.Add(TableText.Write(classes, TableText.OutputWidth));
            parts.Add(string.Concat(Verdict.Of(panels).Select(sentence => TableText.Wrapped(sentence) + "\n")));
        }
        parts.Add(Path.Combine(result.Folder, StudyOutputs.Report) + "\n");
        Console.Write(string.Join('\n', parts));
    }

    private static string Heading(PanelResult panel)
    {
        var parts = new[] { "weak", "student", "evaluation" }.Where(panel.Examples.ContainsKey)
            .Select(part => $"{panel.Examples[part]} {part}");
        return $"{panel.DataTitle}, strong features {panel.Strong}; {panel.Cells.Count} "
            + $"{(panel.Options.Folds > 0 ? "folds" : Counted.Word(panel.Cells.Count, "split"))} of rows ({string.Join(", ", parts)}); "
            + $"seed {panel.Seed}.";
    }

    private static void ShowStage(Result run)
    {
        var panel = run.Panel;
        ShowParts(run.Parts!);
        Console.WriteLine();
        if (panel.Options.IsGaussian)
        {
            Console.Write(TableText.Write(StageTables.Means(run), TableText.OutputWidth));
            foreach (var part in Beside([panel])) Console.Write("\n" + part);
        }
        else ShowSplits(run);
        Console.WriteLine(
            $"\n{TableText.Wrapped(StageTables.Units(run))}\nSeed {panel.Seed}, {panel.Engine}, {NumberText.Duration(panel.Seconds)}.");
        foreach (var used in panel.Representations.Where(used => used.AliveUnits != null))
        {
            var explained = used.Explained is { } share ? $", explains {NumberText.Percent(share)} of the labels" : "";
            Console.WriteLine($"{used.Role} representation: {used.AliveUnits} of {Counted.Of(used.Width, "unit")} alive{explained}");
        }
        foreach (var alarm in panel.Alarms()) Console.WriteLine(TableText.Wrapped($"COLLAPSED: {alarm}", "  "));
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
        foreach (var part in Beside([run.Panel])) Console.Write("\n" + part);
    }

    /// <summary>What a run used and trained, and where each is kept.</summary>
    private static void ShowParts(IEnumerable<Result.Part> parts)
    {
        foreach (var part in parts)
        {
            Console.WriteLine($"{part.Name}: {part.How}");
            if (part.Steps > 0) Console.WriteLine($"  {Training(part.Found, part.Steps, part.Loss)}");
            if (part.Folder != null) Console.WriteLine($"  {part.Folder}");
        }
    }

    private static string Training(bool? found, long steps, double? loss)
    {
        var how = found switch { true => "found, ", false => "trained, ", null => "" };
        return $"{how}{ProgressText.Count(steps, "step")}, loss {NumberText.Measure(loss)}";
    }

    /// <summary>The folder comes last, alone in its line, where scripts can take it.</summary>
    private static void ShowFolder(string folder)
    {
        Console.WriteLine($"\n{Path.Combine(folder, StudyOutputs.Report)}");
        Console.WriteLine(folder);
    }
}
