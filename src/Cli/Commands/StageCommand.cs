namespace W2S.Cli;

/// <summary>What the commands for a single stage share: settings from a panel and options.</summary>
internal abstract class StageCommand : DocumentedCommand
{
    /// <summary>Where trained representations go, and the runs of single stages that are not told otherwise.</summary>
    public const string Root = "checkpoints";

    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "NAME",
        Description = "The settings to start from: a panel such as 2b, or the path of a YAML file. Default: the paper's settings.",
    };

    private readonly StudyOverrides _overrides;
    private readonly string _role;

    /// <param name="role">The representation that --hidden and --depth shape.</param>
    protected StageCommand(string name, string summary, string details, string role) : base(name, summary, details)
    {
        (_role, _overrides) = (role, new StudyOverrides(role));
        _config.Suggesting(Panels.Known);
        AddGroup("What is trained", [.. _overrides.Options, _config]);
        AddGroup("On tables of molecules or features", _overrides.Tables);
    }

    /// <summary>The resolved settings.</summary>
    protected Study Study(ParseResult parsed)
    {
        var panels = parsed.GetValue(_config) is { } config ? Panels.Find([config]) : [new Panel("the defaults", [])];
        if (panels.Count > 1)
            throw new UserErrorException($"--config {parsed.GetValue(_config)} names {panels.Count} panels; a stage runs on one of them.");
        var panel = panels[0].Layers;
        return StudyConfiguration.Stage(_role, Root, _overrides.Preset(parsed), [.. panel, .. _overrides.Layers(parsed, panel)]);
    }

    /// <summary>Cores that a study may use: what its settings say, where 0 is one for each.</summary>
    public static int Cores(Study study) => study.Threads == 0 ? Environment.ProcessorCount : study.Threads;
}
