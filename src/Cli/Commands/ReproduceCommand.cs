namespace W2S.Cli;

/// <summary>`reproduce`: panels of the paper, or of one's own, from nothing to the report.</summary>
internal sealed class ReproduceCommand : DocumentedCommand
{
    private readonly Argument<string[]> _names = new("name")
    {
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
        Description = $"Synthetic panels ({string.Join(", ", Panel.Names.Select(name => name[3..]))}, with or without fig) or their group "
            + $"{Panel.Group}; those of classes ({string.Join(", ", Panel.ClassNames)}) or their group {Panel.ClassGroup}; molecular ones "
            + $"(2d, 2e, 2f, {string.Join(", ", Panel.MoleculeNames.Where(name => name.StartsWith("table", StringComparison.Ordinal)))}) "
            + $"or their group {Panel.MoleculeGroup}; those on texts ({string.Join(", ", Panel.TextNames)}, {Panel.SentenceEncoderPanel}) "
            + $"or their group {Panel.TextGroup}; experiments on the limits ({string.Join(", ", Limits.Names)}) or their group "
            + $"{Limits.Group}, on molecules {Limits.MoleculeGroup}; or paths of YAML files.",
    };

    private readonly Option<string?> _seeds = new("--seeds")
    {
        HelpName = "LIST",
        Description = "Several seeds, as 0..9 or 0,3,7: every panel for each, and the spread.",
    };

    private readonly StudyOverrides _overrides = new();
    private readonly RunOptions _run = new(
        "The run's folder. Default: one under runs/, named after the panels and a hash of the settings.");

    public ReproduceCommand() : base("reproduce", "Reproduces Figures 2 and 3 and Tables 1 to 3 of arXiv 2405.15116, and the limits after "
        + "2502.01458.",
        "Synthetic panels: trains the representations, fits the heads of all three stages, and measures gain and misfit on fresh samples. "
        + "Molecular ones: fits heads on frozen, pretrained transformers for each split of the data, and measures on its test part. Both "
        + "leave a report, plots, rows.csv and summary.json in the run's folder. The table of results goes to stdout, everything else to "
        + "stderr. The same command continues a run that was interrupted.")
    {
        Add(_names.Suggesting([.. Panel.Known, .. Limits.Known]));
        AddGroup("What is computed (wins over the panel's file)", [_seeds, .. _overrides.Options]);
        AddGroup("On tables of molecules or features", _overrides.Tables);
        AddGroup("The run", _run.Options);
        AddExample("reproduce synthetic", "All six synthetic panels at the paper's settings:");
        AddExample("reproduce 2b --seeds 0..9", "Figure 2b for ten seeds:");
        AddExample("reproduce 2c 3b --solver exact --tasks 10", "Two panels in a moment, by least squares:");
        AddExample("reproduce kl", "Classes instead of numbers, by cross-entropy:");
        AddExample("reproduce configs/fig3c.yaml --set pretraining.samples=500", "A panel from a file, with one setting changed:");
        AddExample("reproduce table1", "Which weak transformer to learn from, on Lipop:");
        AddExample("reproduce text", "Essays and reviews, read as hashed bags of words:");
        AddExample("reproduce limits", "What a student cannot do: bounds, calibration, over-training, and more:");
        AddExample("reproduce molecules --data synthetic-smiles", "The molecular study with no data at hand:");
        SetAction(Reproduce);
    }

    private void Reproduce(ParseResult parsed)
    {
        if (parsed.GetValue(_names)!.Any(Limits.Has)) ReproduceLimits(parsed);
        else ReproducePanels(parsed);
    }

    private void ReproduceLimits(ParseResult parsed)
    {
        var names = parsed.GetValue(_names)!;
        if (Panel.Find(names.Where(name => !Limits.Has(name)), Limits.Known) is [var panel, ..])
            throw new UserErrorException(
                $"{panel.Name} is a panel, {names.First(Limits.Has)} an experiment of many studies: give them in two commands.");
        var overrides = _overrides.Layers(parsed, ExperimentRuns.Layers(names));
        var runs = new ExperimentRuns(DataFolders.Usual(), StageCommand.Cores(new Study()), _run.Training(parsed), CommandOf(parsed));
        var (preset, seeds, folder) = (_overrides.Preset(parsed), Seeds(parsed, overrides), _run.Folder(parsed));
        if (_run.IsDry(parsed)) Run(parsed, run => runs.Foresee(names, preset, overrides, seeds, folder, run), ResultText.Show);
        else Run(parsed, run => runs.Run(names, preset, overrides, seeds, folder, _run.Force(parsed), run), ResultText.Show);
    }

    private IReadOnlyList<long> Seeds(ParseResult parsed, IReadOnlyList<ConfigurationLayer> overrides)
    {
        var seeds = parsed.GetValue(_seeds) is { } list ? SeedList.Parse(list) : [];
        return seeds.Count == 0 || !overrides.Any(layer => layer.Source.StartsWith("--seed ", StringComparison.Ordinal))
            ? seeds
            : throw new UserErrorException("--seed and --seeds contradict each other; give one of them.");
    }

    private void ReproducePanels(ParseResult parsed)
    {
        var panels = Panel.Find(parsed.GetValue(_names)!, Limits.Known);
        var kinds = panels.GroupBy(panel => StudyConfiguration.IsGaussian(panel.Layers)).ToList();
        if (kinds.Count > 1)
            throw new UserErrorException(
                $"{string.Join(" and ", kinds.Select(kind => string.Join(", ", kind.Select(panel => Path.GetFileName(panel.Name)))))}: "
                + "panels on Gaussian tasks and on tables are different studies; give them in two commands.");
        var overrides = _overrides.Layers(parsed, [.. panels[0].Layers]);
        if (kinds[0].Key && !StudyConfiguration.IsGaussian(overrides) && !overrides.Any(layer => layer.Sets("weak", "from")))
            throw new UserErrorException($"{panels[0].Name} is a panel on Gaussian tasks, and --data names a table, of which its networks "
                + "can read nothing. Take table1 for molecules, essays for texts, or probe for files of features; --weak and --strong name "
                + "what reads a table.");
        var studies = StudyConfiguration.Resolve(panels, _overrides.Preset(parsed), overrides, Seeds(parsed, overrides));
        var training = _run.Training(parsed);
        if (_run.IsDry(parsed)) Run(parsed, run => Studies().Foresee(studies, _run.Folder(parsed), run), ResultText.Show);
        else Run(parsed, run => Studies().Run(studies, _run.Folder(parsed), _run.Force(parsed), run), ResultText.Show);

        Studies Studies() => new(DataFolders.Usual(), StageCommand.Cores(studies[0]), training, CommandOf(parsed));
    }
}
