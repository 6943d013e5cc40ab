using System.CommandLine;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What the commands for a single stage share: settings from a panel and options.</summary>
internal abstract class StageCommand : TaughtCommand
{
    /// <summary>Where trained representations go, and the runs of single stages that are not told otherwise.</summary>
    public const string Root = "checkpoints";

    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "NAME",
        Description = "The settings to start from: a panel such as 2b, or the path of a YAML file. Default: the paper's settings.",
    };

    /// <param name="role">The representation that --hidden and --depth shape.</param>
    protected StageCommand(string name, string summary, string teaching, string role) : base(name, summary, teaching)
    {
        Overrides = new StudyOverrides(role);
        AddGroup("What is trained", [.. Overrides.Options, _config]);
    }

    /// <summary>The options that change a study's settings.</summary>
    protected StudyOverrides Overrides { get; }

    /// <summary>The resolved settings.</summary>
    protected StudyOptions Study(ParseResult parsed)
    {
        var panels = parsed.GetValue(_config) is { } config ? Panels.Find([config]) : [new Panel("the defaults", [])];
        if (panels.Count > 1) throw new UserErrorException($"--config {parsed.GetValue(_config)} names {panels.Count} panels; a stage runs on one of them.");
        return StudyConfiguration.Resolve(panels, Overrides.Preset(parsed), Overrides.Layers(parsed), []).Single();
    }
}
