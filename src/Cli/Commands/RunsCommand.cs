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
            "A line for each run, the newest last: its kind, whether it is done, what it ran, and its mean gain and misfit where it is of "
                + "one panel.")
        {
            Add(_folders.Suggesting(KnownRun.UsualRoots));
            AddGroup("Output", [_json]);
            AddExample("runs list", "All runs below runs/ and checkpoints/:");
            SetAction(parsed => Show(
                parsed.GetValue(_folders) is { Length: > 0 } folders ? folders : [.. KnownRun.UsualRoots.Where(Directory.Exists)],
                parsed.GetValue(_json)));
        }

        private static void Show(IReadOnlyList<string> folders, bool json)
        {
            if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } absent)
                throw new UserErrorException($"There is no folder {absent}. Name a folder with runs in it.");
            var runs = KnownRun.Below(folders);
            if (json) Console.WriteLine(ToJson(runs));
            else if (runs.Count == 0)
            {
                var below = folders.Count == 0 ? string.Join(" and ", KnownRun.UsualRoots) : string.Join(", ", folders);
                Console.WriteLine($"There are no runs below {below}.");
            }
            else Console.Write(TableText.List(
                new TextTable(["run", "kind", "state", "what", "gain", "misfit", "changed (UTC)"], [.. runs.Select(Row)]), Lines));
        }

        private static string Lines(IReadOnlyList<string> cells)
        {
            var measures = cells[4] == "" ? "" : $"; gain {cells[4]}, misfit {cells[5]}";
            return $"{cells[0]}\n  {cells[1]}, {cells[2]}, {cells[6]} UTC\n{(cells[3] == "" ? "" : $"  {cells[3]}{measures}\n")}";
        }

        private static string[] Row(KnownRun run) =>
        [
            run.Folder, run.Kind, run.State.Split('\n')[0], run.What, run.Gain == null ? "" : NumberText.Measure(run.Gain),
            run.Misfit == null ? "" : NumberText.Measure(run.Misfit),
            run.Changed.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>`runs compare`.</summary>
    private sealed class CompareCommand : DocumentedCommand
    {
        private readonly Argument<string[]> _runs = new("run")
        {
            HelpName = "RUN",
            Arity = ArgumentArity.OneOrMore,
            Description = "The folders of two or more finished runs, of studies or stages.",
        };
        private readonly Option<string?> _figure = new("--figure")
        {
            HelpName = "FILE",
            Description = "Also draw gain against misfit, the runs over each other, into this file (.svg, .pdf or .png); plot --overlay "
                + "has more to say about it.",
        };

        public CompareCommand() : base("compare", "Shows which settings of runs differ, and what they measured.",
            "Two tables: the settings that are not the same in all runs, and the measures of every run, panel by panel, as medians over "
                + "its seeds.")
        {
            Add(_runs.Suggesting(Suggestions.Runs));
            AddGroup("Output", [_figure]);
            AddExample("runs compare runs/a runs/b", "Two runs side by side:");
            AddExample("runs compare runs/a runs/b runs/c --figure compared.svg", "Three, with their dots in one figure:");
            SetAction(parsed => Show([.. parsed.GetValue(_runs)!.Distinct()], parsed.GetValue(_figure)));
        }

        private static void Show(IReadOnlyList<string> folders, string? figure)
        {
            if (folders.Count < 2) throw new UserErrorException("A comparison needs two runs or more: give their folders.");
            List<(string Name, Result Result)> runs =
                [.. ShortNames(folders).Zip(folders, (name, folder) => (name, ResultFile.Read(folder)))];
            var format = figure == null ? default : PlotCommand.FormatOf(figure, "--figure");
            var settings = Settings(runs);
            if (settings.Rows.Count == 0) Console.WriteLine("All settings are the same.");
            else Console.Write(TableText.Write(settings, TableText.OutputWidth));
            Console.Write($"\n{TableText.Write(Measures(runs), TableText.OutputWidth)}");
            if (figure == null) return;
            var figures = RunFigures.Of([.. runs.Select(run => run.Result)], [], seed: null, overlay: true);
            AtomicFile.WriteAllBytes(figure, RunFigures.Write(figures, null, new PrintedFigure.Sheet(Millimetres: 174), format));
            Console.WriteLine($"\n{figure}");
        }

        /// <summary>
        /// A row for each setting that is not the same everywhere, a column for each run; without rows where none differs.
        /// </summary>
        private static TextTable Settings(IReadOnlyList<(string Name, Result Result)> runs)
        {
            // Panels of one run share their settings but for what makes them panels: the first stands for them, and names differ anyhow.
            var studies = runs.Select(run => run.Result.Panels[0].Options).ToList();
            var rows = from path in Setting.Paths(typeof(Study))
                       let values = studies.Select(study => Text(Setting.ValueAt(study, path))).ToList()
                       where values.Distinct().Count() > 1 && path is not ("title" or "expectation" or "threads")
                       select (IReadOnlyList<string>)[path, .. values];
            return new TextTable(["setting", .. runs.Select(run => run.Name)], [.. rows]);
        }

        /// <summary>A row for each run and panel: medians over seeds, of means over cells.</summary>
        private static TextTable Measures(IReadOnlyList<(string Name, Result Result)> runs)
        {
            (string Name, Func<PanelStatistics, double?> Of)[] measures =
            [
                ("weak error", panel => panel.WeakError), ("student error", panel => panel.StudentError),
                ("ceiling", panel => panel.StrongError), ("misfit", panel => panel.Misfit), ("gain", panel => panel.Gain),
                ("gain / misfit", panel => panel.GainOverMisfit), ("slope", panel => panel.SlopeThroughOrigin),
            ];
            var rows = from run in runs
                       from seeds in run.Result.Panels
                           .GroupBy(panel => panel.Options.IsGaussian ? panel.Name : $"{panel.Name} {panel.Data} {panel.Weak}".TrimEnd())
                       let statistics = seeds.Select(panel => panel.Statistics()).ToList()
                       select (IReadOnlyList<string>)
                       [
                           run.Name, seeds.Key, $"{seeds.Count()}", $"{seeds.Count(panel => panel.HasCollapsed())}",
                           .. measures.Select(measure => NumberText.Measure(Spread.Of(statistics.Select(measure.Of))?.Median)),
                       ];
            return new TextTable(["run", "panel", "seeds", "collapsed", .. measures.Select(measure => measure.Name)], [.. rows]);
        }

        /// <summary>The first digits of a SHA-256 are enough to see which is which.</summary>
        private static string Text(object? value)
        {
            const int digest = 64, shown = 12;
            return ConfigurationWriter.Text(value is IEnumerable<string> texts ? texts.Select(Shortened) : value);

            static string Shortened(string text) => text.Length == digest && text.All(char.IsAsciiHexDigit) ? text[..shown] : text;
        }

        /// <summary>The folders' own names where these are all different, else the whole paths.</summary>
        private static IReadOnlyList<string> ShortNames(IReadOnlyList<string> folders)
        {
            List<string> names = [.. folders.Select(folder => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))];
            return names.Distinct().Count() == names.Count ? names : folders;
        }
    }
}
