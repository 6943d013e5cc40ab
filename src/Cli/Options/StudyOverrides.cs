using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>The options that change a study's settings, the same for every command that runs one.</summary>
internal sealed class StudyOverrides
{
    private readonly Option<string> _preset = new("--preset")
    {
        HelpName = "NAME",
        Description = "paper (fresh inputs for the weak labels) or notebook (as the authors' code does it). Default: paper.",
        DefaultValueFactory = _ => Presets.Default,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Any setting by its path, as in --set heads.optimiser.batch=64; may be repeated.",
    };

    private readonly List<SettingOption> _settings =
    [
        new("--seed", "N", "Seed of every random stream. Default: 0.", "seed"),
        new("--tasks", "M", "New tasks, each with a head of its own. Default: 100.", "heads.tasks"),
        new("--samples", "N", "Samples of each task in each stage, and for evaluation. Default: 2000.", "heads.samples", "evaluation.samples"),
        new("--epochs", "N", "Epochs of pretraining. Default: 1000.", "pretraining.optimiser.epochs"),
        new("--head-epochs", "N", "Epochs of fitting heads. Default: 1000.", "heads.optimiser.epochs"),
        new("--solver", "NAME", "How heads are fitted: adamw (gradient descent) or exact (least squares). Default: adamw.", "heads.solver"),
        new("--engine", "NAME", "auto, fused (the CPU kernels) or torch (TorchSharp). Default: auto, the fastest that can do it.", "engine"),
        new("--device", "NAME", "cpu, cuda or cuda:N. Default: cpu.", "device"),
        new("--threads", "N", "Threads to use; 0 is one for each core. Default: 0.", "threads"),
    ];

    /// <param name="role">The representation that --hidden and --depth shape ("weak" or "strong"); null for a command without them.</param>
    public StudyOverrides(string? role = null)
    {
        if (role == null) return;
        _settings.Insert(0, new("--depth", "N", "Blocks of Linear + ReLU.", $"{role}.depth"));
        _settings.Insert(0, new("--hidden", "N", "Width between the blocks. Default: 16.", $"{role}.hidden"));
    }

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [.. _settings, _preset, _set];

    public string Preset(ParseResult parsed) => parsed.GetValue(_preset)!;

    /// <summary>What the user said, as layers; --set comes last and wins.</summary>
    /// <exception cref="W2S.Data.UserErrorException">A --set has no =.</exception>
    public IReadOnlyList<ConfigurationLayer> Layers(ParseResult parsed) =>
        [.. _settings.SelectMany(option => option.Layers(parsed)), .. Assignments(parsed)];

    /// <summary>The short options as layers of another record's settings; those that it lacks are left out.</summary>
    /// <param name="paths">By the option's name: "--hidden".</param>
    public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed, IReadOnlyDictionary<string, string[]> paths) =>
        _settings.Where(option => paths.ContainsKey(option.Name)).SelectMany(option => option.Layers(parsed, paths[option.Name]));

    /// <summary>What --set says.</summary>
    /// <exception cref="W2S.Data.UserErrorException">A --set has no =.</exception>
    public IEnumerable<ConfigurationLayer> Assignments(ParseResult parsed) => (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment);
}
