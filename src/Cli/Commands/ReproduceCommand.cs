using System.CommandLine;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>`reproduce`: panels of the paper, or of one's own, from nothing to the report.</summary>
internal sealed class ReproduceCommand : TaughtCommand
{
    private readonly Argument<string[]> _names = new("name")
    {
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
        Description = $"Synthetic panels ({string.Join(", ", Panels.Names.Select(name => name[3..]))}, with or without fig) or their group {Panels.Group}; "
            + $"molecular ones (2d, 2e, 2f, {string.Join(", ", MoleculePanels.Names.Where(name => name.StartsWith("table", StringComparison.Ordinal)))}) or their group {MoleculePanels.Group}; or paths of YAML files.",
    };

    private readonly Option<string?> _seeds = new("--seeds")
    {
        HelpName = "LIST",
        Description = "Several seeds, as 0..9 or 0,3,7: every synthetic panel for each, and the spread.",
    };

    private readonly MoleculeOverrides _molecules = new();
    private readonly StudyOverrides _overrides = new();
    private readonly RunOptions _run = new("The run's folder. Default: one under runs/, named after the panels and a hash of the settings.");

    public ReproduceCommand() : base("reproduce", "Reproduces Figures 2 and 3 and Tables 1 to 3 of arXiv 2405.15116.",
        "Synthetic panels: trains the representations, fits the heads of all three stages, and measures gain and misfit on fresh samples. Molecular "
        + "ones: fits heads on frozen, pretrained transformers for each split of the data, and measures on its test part. Both leave a report, plots, "
        + "tasks.csv and summary.json in the run's folder. The table of results goes to stdout, everything else to stderr. "
        + "The same command continues a run that was interrupted.")
    {
        Add(_names);
        AddGroup("What is computed (wins over the panel's file)", [_seeds, .. _overrides.Options]);
        AddGroup("Molecules", _molecules.Options);
        AddGroup("The run", _run.Options);
        AddExample("reproduce synthetic", "All six synthetic panels at the paper's settings:");
        AddExample("reproduce 2b --seeds 0..9", "Figure 2b for ten seeds:");
        AddExample("reproduce 2c 3b --solver exact --tasks 10", "Two panels in a moment, by least squares:");
        AddExample("reproduce configs/fig3c.yaml --set pretraining.samples=500", "A panel from a file, with one setting changed:");
        AddExample("reproduce table1", "Which weak transformer to learn from, on Lipop:");
        AddExample("reproduce molecules --data synthetic-smiles", "The molecular study with no data at hand:");
        SetAction(parsed =>
        {
            var names = parsed.GetValue(_names)!;
            var molecular = names.Where(MoleculePanels.Has).ToList();
            if (molecular.Count > 0 && molecular.Count < names.Length)
                throw new UserErrorException($"{string.Join(", ", molecular)}: molecular panels and synthetic ones ({string.Join(", ", names.Except(molecular))}) are different studies; give them in two commands.");
            if (molecular.Count > 0) ReproduceMolecules(parsed, molecular);
            else ReproduceSynthetic(parsed, names);
        });
    }

    private void ReproduceSynthetic(ParseResult parsed, string[] names)
    {
        Worlds.RefuseMolecules(parsed, _molecules.Options, $"Name molecular panels, such as {MoleculePanels.Group}");
        var overrides = _overrides.Layers(parsed);
        var seeds = parsed.GetValue(_seeds) is { } list ? SeedList.Parse(list) : [];
        if (seeds.Count > 0 && overrides.Any(layer => layer.Source.StartsWith("--seed ", StringComparison.Ordinal)))
            throw new UserErrorException("--seed and --seeds contradict each other; give one of them.");
        var studies = StudyConfiguration.Resolve(Panels.Find(names), _overrides.Preset(parsed), overrides, seeds);
        var folder = _run.Folder(parsed) ?? DefaultFolder(studies);
        var training = _run.Training(parsed);
        var command = CommandText.Of(parsed);
        Run(parsed,
            run => SyntheticStudies.Run(studies, folder, Cores.Of(studies[0]), training, _run.Force(parsed), command, run),
            results =>
            {
                CommandFile.Write(folder, command);
                StudyText.Show(results, folder);
            });
    }

    private void ReproduceMolecules(ParseResult parsed, IReadOnlyList<string> names)
    {
        Worlds.RefuseSynthetic(parsed, string.Join(", ", names), "--seeds", "--epochs");
        var study = MoleculePanels.Resolve(names, [.. _molecules.Layers(parsed), .. _overrides.Layers(parsed)]);
        var threads = Cores.Of(study);
        var command = CommandText.Of(parsed);
        Run(parsed,
            run =>
            {
                var encoders = MoleculePanels.Encoders(study, threads, run);
                var folder = _run.Folder(parsed) ?? MoleculeStudies.DefaultFolder(study, encoders);
                var result = new MoleculeStudies(study, encoders, DataFolders.Usual(), threads, command).Run(folder, _run.Force(parsed), run);
                CommandFile.Write(folder, command);
                return (Folder: folder, Result: result);
            },
            done => MoleculeText.Show(done.Result, done.Folder));
    }

    /// <summary>Settings that decide the results give the name, so that the same command finds its run again.</summary>
    private static string DefaultFolder(IReadOnlyList<StudyOptions> studies)
    {
        var names = studies.Select(study => study.Name).Distinct().ToList();
        var name = names.SequenceEqual(Panels.Names) ? Panels.Group : string.Join('-', names.Take(Panels.Names.Count));
        var hash = Fingerprint.Short(Fingerprint.Of(studies.Select(study => study with { Threads = 0 })));
        return Path.Combine("runs", $"{name}-{hash}");
    }
}
