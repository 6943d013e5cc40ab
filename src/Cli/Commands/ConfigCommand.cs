namespace W2S.Cli;

/// <summary>`config`: settings as they come out.</summary>
internal sealed class ConfigCommand : DocumentedCommand
{
    public ConfigCommand() : base("config", "Shows the settings of a panel.",
        "What a panel's file leaves out is filled in by its preset and the defaults; show prints the whole.")
    {
        Add(new ShowCommand());
        AddExample("config show 2b", "All settings of Figure 2b:");
    }

    /// <summary>`config show`.</summary>
    private sealed class ShowCommand : DocumentedCommand
    {
        private readonly Argument<string?> _panel = new("name")
        {
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A panel such as 2b, or the path of a YAML file. Default: the paper's settings.",
        };

        private readonly StudyOverrides _overrides = new();

        public ShowCommand() : base("show", "Prints resolved settings with what each means.",
            "Defaults, preset, panel and options as one YAML document, every setting with its description. reproduce takes it as a file, "
            + "and gives the same numbers as the panel with these options.")
        {
            Add(_panel.Suggesting(Panel.Known));
            AddGroup("What is computed (wins over the panel's file)", _overrides.Options);
            AddGroup("On tables of molecules or features", _overrides.Tables);
            AddExample("config show 2b", "All settings of Figure 2b:");
            AddExample("config show 2c --solver exact --set truth.depth=3", "With some changed:");
            SetAction(parsed => Console.Write(Show(parsed)));
        }

        private string Show(ParseResult parsed)
        {
            var panels = parsed.GetValue(_panel) is { } name ? Panel.Find([name]) : [new Panel("the defaults", [])];
            if (panels.Count > 1)
                throw new UserErrorException(
                    $"{parsed.GetValue(_panel)} names {panels.Count} panels, each with settings of its own; show one of them: "
                    + $"{string.Join(", ", panels.Select(panel => panel.Name))}.");
            var study = StudyConfiguration.Resolve(
                panels, _overrides.Preset(parsed), _overrides.Layers(parsed, panels[0].Layers), []).Single();
            return $"# {study.Name}, resolved by: {CommandOf(parsed)}\n{ConfigurationWriter.Write(study)}";
        }
    }
}
