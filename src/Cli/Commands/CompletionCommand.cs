namespace W2S.Cli;

/// <summary>`completion`: what a shell needs so that Tab completes this program's command lines.</summary>
internal sealed class CompletionCommand : DocumentedCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "powershell"];

    private readonly Argument<string> _shell = new Argument<string>("shell")
    {
        HelpName = "SHELL", Description = $"{string.Join(", ", Shells)}.",
    }.Suggesting(Shells);

    public CompletionCommand() : base("completion", "Prints the script by which a shell completes commands, options, settings and runs.",
        "Source it once to try it, or in the shell's start-up file to keep it. It asks the program at each Tab, also for panels, values "
        + "after --set, and the folders of runs and sweeps; where the program knows nothing, the shell completes files.")
    {
        Add(_shell);
        AddExample("completion bash", "For bash: source <(./run.sh completion bash) takes what this prints:");
        AddExample("completion fish", "For fish, to be kept as ~/.config/fish/conf.d/w2s.fish:");
        SetAction(parsed => Console.Write(ScriptFor(parsed.GetValue(_shell)!)));
    }

    /// <exception cref="UserErrorException">There is no script for that shell.</exception>
    private static string ScriptFor(string shell)
    {
        if (!Shells.Contains(shell))
            throw new UserErrorException($"There is no completion for {shell}; " + (NearestName.Find(shell, Shells) is { } nearest
                ? $"did you mean {nearest}?"
                : $"there is for {string.Join(", ", Shells)}."));
        using var reader = new StreamReader(
            typeof(CompletionCommand).Assembly.GetManifestResourceStream($"w2s.{(shell == "powershell" ? "ps1" : shell)}")!);
        return reader.ReadToEnd();
    }
}
