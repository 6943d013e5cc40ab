namespace W2S.Cli;

/// <summary>`table`: a finished run as the table of a paper.</summary>
internal sealed class TableCommand : DocumentedCommand
{
    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN", Description = "The folder of a finished run, of reproduce or of a single stage.",
    };

    private readonly Option<RunTable.Format> _format = new("--format")
    {
        HelpName = "NAME", Description = "markdown (the default), latex (with booktabs) or csv (every digit).",
    };

    private readonly Option<bool> _median = new("--median")
    {
        Description = "Of several seeds: medians with quartiles. Default: means with standard deviations.",
    };

    private readonly Option<string?> _out = new("--out") { HelpName = "FILE", Description = "Where to. Default: stdout." };

    public TableCommand() : base("table", "Writes a finished run as the table of a paper.",
        "Synthetic panels: errors, misfit, gain, slope and correlation, a row for each panel. Tables of data: a row for each weak model, "
        + "sorted by weak error − misfit, as the paper's Tables 1 to 3. Over several seeds those are left out, and counted, whose "
        + "representation collapsed. Nothing is computed.")
    {
        Add(_run);
        AddGroup("The table", [_format, _median, _out]);
        AddExample("table runs/synthetic-0123abcd --format latex", "For a paper:");
        AddExample("table runs/fig2b-0123abcd --median", "Over seeds, medians with quartiles:");
        SetAction(parsed => Write(parsed.GetValue(_run)!, parsed.GetValue(_format), parsed.GetValue(_median), parsed.GetValue(_out)));
    }

    private static void Write(string folder, RunTable.Format format, bool isMedian, string? path)
    {
        var result = ResultFile.Read(folder);
        var text = RunTable.Write(result, format, isMedian);
        if (format == RunTable.Format.Csv)
            foreach (var note in SummaryTable.LeftOut(result.Panels)) Console.Error.WriteLine(note);
        if (path == null)
        {
            Console.Write(text);
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.WriteAllText(path, text);
        Console.WriteLine(path);
    }
}
