using System.CommandLine.Help;
using System.Reflection;

namespace W2S.Cli;

/// <summary>The program: its commands, and what becomes of what goes wrong in them.</summary>
internal static partial class CommandLine
{
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        if (Suggestions.AreAskedFor(arguments))
        {
            Suggestions.Write(Create(), arguments, Console.Out);
            return DocumentedCommand.ExitCodes.Done;
        }
        var parsed = Create().Parse(arguments);
        if ((parsed.Action is DocumentedCommand.HelpPage ? MistakeOfHelp(parsed) : Mistake(parsed)) is { } mistake)
        {
            Console.Error.WriteLine(mistake);
            return DocumentedCommand.ExitCodes.UserMistake;
        }
        try
        {
            // Signals and exceptions are ours: a run must be saved before it stops.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception failure)
        {
            return Report(failure, parsed.GetValue(DocumentedCommand.Verbose), Console.Error);
        }
    }

    public static RootCommand Create()
    {
        var root = new RootCommand("W2S trains representations, fits weak, weak-to-strong and strong heads on them, and measures gain "
            + "against misfit (arXiv 2405.15116).")
        {
            new ReproduceCommand(),
            new ProbeCommand(),
            new PretrainCommand(),
            StageCommand.Weak(),
            new TrainStudentCommand(),
            StageCommand.Strong(),
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
        (help.Action, help.Description) = (new DocumentedCommand.HelpPage(), "This page.");
        return root;
    }

    /// <summary>Speaks of the failure on <paramref name="writer"/> and returns the exit code.</summary>
    /// <param name="verbose">Whether to show where in the program it was.</param>
    internal static int Report(Exception failure, bool verbose, TextWriter writer)
    {
        var cause = Cause(failure);
        var (code, message) = Explain(cause);
        writer.WriteLine(message);
        if (verbose && code != DocumentedCommand.ExitCodes.StoppedEarly) writer.WriteLine(cause);
        return code;
    }

    private static (int Code, string Message) Explain(Exception cause) => cause switch
    {
        UserErrorException => (DocumentedCommand.ExitCodes.UserMistake, cause.Message),
        StoppedException stopped =>
            (DocumentedCommand.ExitCodes.StoppedEarly, $"Stopped early by {stopped.Reason}; everything is saved. The same command "
                + "continues."),
        TrainingFailedException => (DocumentedCommand.ExitCodes.Failed, cause.Message),
        UnauthorizedAccessException => (DocumentedCommand.ExitCodes.UserMistake, $"{FirstLine(cause)} Give a folder that you may write to, "
            + "with --out."),
        IOException =>
            (DocumentedCommand.ExitCodes.Failed, $"{FirstLine(cause)} Check that the disk is there, writable and not full; the same "
                + "command then continues."),
        LibTorchException => (DocumentedCommand.ExitCodes.Failed, cause.Message),
        OutOfMemoryException => (
            DocumentedCommand.ExitCodes.Failed,
            "The memory of this machine does not suffice. Ask for fewer --tasks or --samples, or run fewer seeds at once."),
        _ => (DocumentedCommand.ExitCodes.Failed, $"This should not happen: {cause.GetType().Name}: {FirstLine(cause)} Run it again with "
            + "--verbose to see where, and tell the authors."),
    };

    /// <summary>What lies behind wrappers of threads, reflection and static constructors.</summary>
    private static Exception Cause(Exception failure) => failure switch
    {
        AggregateException { InnerException: { } inner } => Cause(inner),
        TargetInvocationException { InnerException: { } inner } => Cause(inner),
        TypeInitializationException { InnerException: { } inner } => Cause(inner),
        _ => failure,
    };

    /// <summary>As a sentence: the system's own messages lack the full stop.</summary>
    private static string FirstLine(Exception cause) => cause.Message.Split('\n')[0].TrimEnd(' ', '\r', '.') + ".";
}
