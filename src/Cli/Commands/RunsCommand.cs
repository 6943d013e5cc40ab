namespace W2S.Cli;

/// <summary>`runs`: what was run, and how runs differ.</summary>
internal sealed class RunsCommand : DocumentedCommand
{
    public RunsCommand() : base("runs", "Lists runs, and compares them.",
        "A run is a folder of reproduce, of a single stage, of a representation, or a sweep. Looking changes nothing.")
    {
        Add(new ListCommand());
        Add(new CompareCommand());
        AddExample("runs list", "All runs below runs/ and checkpoints/:");
        AddExample("runs compare runs/a runs/b", "What differs between two, and what came of it:");
    }

    /// <summary>`runs list`.</summary>
    private sealed class ListCommand : DocumentedCommand
    {
        private readonly Argument<string[]> _folders = new("folder")
        {
            HelpName = "FOLDER",
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Where to look. Default: runs and checkpoints.",
        };

        private readonly Option<bool> _json = JsonOption();

        public ListCommand() : base("list", "Lists the runs below a folder.",
            "A line for each run, the newest last: its kind, whether it is done, what it ran, and its mean gain and misfit where it is of one panel.")
        {
            Add(_folders.Suggesting(KnownRun.UsualRoots));
            AddGroup("Output", [_json]);
            AddExample("runs list", "All runs below runs/ and checkpoints/:");
            SetAction(parsed => Show(parsed.GetValue(_folders) is { Length: > 0 } folders ? folders : [.. KnownRun.UsualRoots.Where(Directory.Exists)], parsed.GetValue(_json)));
        }

        private static void Show(IReadOnlyList<string> folders, bool json)
        {
            if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } absent)
                throw new UserErrorException($"There is no folder {absent}. Name a folder with runs in it.");
            var runs = KnownRun.Below(folders);
            if (json) Console.WriteLine(ToJson(runs));
            else if (runs.Count == 0) Console.WriteLine($"There are no runs below {(folders.Count == 0 ? string.Join(" and ", KnownRun.UsualRoots) : string.Join(", ", folders))}.");
            else Console.Write(TableText.List(new TextTable(["run", "kind", "state", "what", "gain", "misfit", "changed (UTC)"], [.. runs.Select(Row)]), Lines));
        }

        private static string Lines(IReadOnlyList<string> cells)
        {
            var measures = cells[4] == "" ? "" : $"; gain {cells[4]}, misfit {cells[5]}";
            return $"{cells[0]}\n  {cells[1]}, {cells[2]}, {cells[6]} UTC\n{(cells[3] == "" ? "" : $"  {cells[3]}{measures}\n")}";
        }

        private static string[] Row(KnownRun run) =>
        [
            run.Folder, run.Kind, run.State.Split('\n')[0], run.What, run.Gain == null ? "" : NumberText.Measure(run.Gain), run.Misfit == null ? "" : NumberText.Measure(run.Misfit),
            run.Changed.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>`runs compare`.</summary>
    private sealed class CompareCommand : DocumentedCommand
    {
        private readonly Argument<string[]> _runs = new("run") { HelpName = "RUN", Arity = ArgumentArity.OneOrMore, Description = "The folders of two or more finished runs, of studies or stages." };
        private readonly Option<string?> _figure = new("--figure") { HelpName = "FILE", Description = "Also draw gain against misfit, the runs over each other, into this file (.svg, .pdf or .png); plot --overlay has more to say about it." };

        public CompareCommand() : base("compare", "Shows which settings of runs differ, and what they measured.",
            "Two tables: the settings that are not the same in all runs, and the measures of every run, panel by panel, as medians over its seeds.")
        {
            Add(_runs.Suggesting(Suggestions.Runs));
            AddGroup("Output", [_figure]);
            AddExample("runs compare runs/a runs/b", "Two runs side by side:");
            AddExample("runs compare runs/a runs/b runs/c --figure compared.svg", "Three, with their dots in one figure:");
            SetAction(parsed => Show(RunComparison.Of(parsed.GetValue(_runs)!), parsed.GetValue(_figure)));
        }

        private static void Show(RunComparison comparison, string? figure)
        {
            var format = figure == null ? default : PlotCommand.FormatOf(figure, "--figure");
            var settings = comparison.Settings();
            if (settings.Rows.Count == 0) Console.WriteLine("All settings are the same.");
            else Console.Write(TableText.Write(settings, TableText.OutputWidth));
            Console.Write($"\n{TableText.Write(comparison.Measures(), TableText.OutputWidth, labels: 2)}");
            if (figure == null) return;
            var figures = RunFigures.Of(comparison.Results, [], seed: null, overlay: true);
            AtomicFile.WriteAllBytes(figure, RunFigures.Write(figures, null, new Sheet(Millimetres: 174), format));
            Console.WriteLine($"\n{figure}");
        }
    }
}
