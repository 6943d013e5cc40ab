using System.CommandLine.Help;

namespace W2S.Cli;

/// <summary>The program: its commands, and what becomes of what goes wrong in them.</summary>
internal static class CommandLine
{
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        if (Suggestions.AreAskedFor(arguments))
        {
            Suggestions.Write(Create(), arguments, Console.Out);
            return ExitCodes.Done;
        }
        var parsed = Create().Parse(arguments);
        if ((parsed.Action is HelpPage ? UsageError.OfHelp(parsed) : UsageError.Find(parsed)) is { } mistake)
        {
            Console.Error.WriteLine(mistake);
            return ExitCodes.UserMistake;
        }
        try
        {
            // Signals and exceptions are ours: a run must be saved before it stops.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception failure)
        {
            return Failure.Report(failure, parsed.GetValue(DocumentedCommand.Verbose), Console.Error);
        }
    }

    public static RootCommand Create()
    {
        var root = new RootCommand("W2S trains representations, fits weak, weak-to-strong and strong heads on them, and measures gain against misfit (arXiv 2405.15116).")
        {
            new ReproduceCommand(),
            new ProbeCommand(),
            new PretrainCommand(),
            HeadStageCommand.Weak(),
            new TrainStudentCommand(),
            HeadStageCommand.Strong(),
            new EvaluateCommand(),
            new FeaturesCommand(),
            new ReportCommand(),
            new RunsCommand(),
            new ConfigCommand(),
            new PlotCommand(),
            new TableCommand(),
            new DataCommand(),
            new CheckpointsCommand(),
            new SweepCommand(),
            new DoctorCommand(),
            new CompletionCommand(),
        };
        root.Add(DocumentedCommand.Verbose);
        root.Add(DocumentedCommand.Quiet);
        var help = root.Options.OfType<HelpOption>().Single();
        (help.Action, help.Description) = (new HelpPage(), "This page.");
        return root;
    }
}
