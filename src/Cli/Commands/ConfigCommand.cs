namespace W2S.Cli;

/// <summary>`config`: settings as they come out.</summary>
internal sealed class ConfigCommand : DocumentedCommand
{
    public ConfigCommand() : base("config", "Shows the settings of a panel.",
        "What a panel's file leaves out is filled in by its preset and the defaults; show prints the whole.")
    {
        Add(new ConfigShowCommand());
        AddExample("config show 2b", "All settings of Figure 2b:");
    }
}
