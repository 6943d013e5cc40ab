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
        Description = $"Panels ({string.Join(", ", Panels.Names.Select(name => name[3..]))}, with or without fig), the group {Panels.Group} (all six), or paths of YAML files.",
    };

    private readonly Option<string?> _seeds = new("--seeds")
    {
        HelpName = "LIST",
        Description = "Several seeds, as 0..9 or 0,3,7: every panel for each, and the spread.",
    };

    private readonly StudyOverrides _overrides = new();
    private readonly RunOptions _run = new("The run's folder. Default: one under runs/, named after the panels and a hash of the settings.");

    public ReproduceCommand() : base("reproduce", "Reproduces panels of Figures 2 and 3 of arXiv 2405.15116.",
        "Trains the representations of each panel, fits the heads of all three stages, measures gain and misfit on fresh samples, and leaves "
        + "a report, plots, tasks.csv and summary.json in the run's folder. The table of results goes to stdout, everything else to stderr. "
        + "The same command continues a run that was interrupted.")
    {
        Add(_names);
        AddGroup("What is computed (wins over the panel's file)", [_seeds, .. _overrides.Options]);
        AddGroup("The run", _run.Options);
        AddExample("reproduce synthetic", "All six panels at the paper's settings:");
        AddExample("reproduce 2b --seeds 0..9", "Figure 2b for ten seeds:");
        AddExample("reproduce 2c 3b --solver exact --tasks 10", "Two panels in a moment, by least squares:");
        AddExample("reproduce configs/fig3c.yaml --set pretraining.samples=500", "A panel from a file, with one setting changed:");
        SetAction(parsed => Reproduce(parsed));
    }

    private void Reproduce(ParseResult parsed)
    {
        var overrides = _overrides.Layers(parsed);
        var seeds = parsed.GetValue(_seeds) is { } list ? SeedList.Parse(list) : [];
        if (seeds.Count > 0 && overrides.Any(layer => layer.Source.StartsWith("--seed ", StringComparison.Ordinal)))
            throw new UserErrorException("--seed and --seeds contradict each other; give one of them.");
        var panels = Panels.Find(parsed.GetValue(_names)!);
        var studies = StudyConfiguration.Resolve(panels, _overrides.Preset(parsed), overrides, seeds);
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

    /// <summary>Settings that decide the results give the name, so that the same command finds its run again.</summary>
    private static string DefaultFolder(IReadOnlyList<StudyOptions> studies)
    {
        var names = studies.Select(study => study.Name).Distinct().ToList();
        var name = names.SequenceEqual(Panels.Names) ? Panels.Group : string.Join('-', names.Take(Panels.Names.Count));
        var hash = Fingerprint.Short(Fingerprint.Of(studies.Select(study => study with { Threads = 0 })));
        return Path.Combine("runs", $"{name}-{hash}");
    }
}
