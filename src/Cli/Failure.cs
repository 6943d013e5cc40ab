using System.Reflection;

namespace W2S.Cli;

/// <summary>Turns what went wrong into a paragraph for people and an exit code for programs.</summary>
internal static class Failure
{
    /// <summary>Speaks of the failure on <paramref name="writer"/> and returns the exit code.</summary>
    /// <param name="verbose">Whether to show where in the program it was.</param>
    public static int Report(Exception failure, bool verbose, TextWriter writer)
    {
        var cause = Cause(failure);
        var (code, message) = Explain(cause);
        writer.WriteLine(message);
        if (verbose && code != ExitCodes.StoppedEarly) writer.WriteLine(cause);
        return code;
    }

    private static (int Code, string Message) Explain(Exception cause) => cause switch
    {
        UserErrorException => (ExitCodes.UserMistake, cause.Message),
        StoppedException stopped => (ExitCodes.StoppedEarly, $"Stopped early by {stopped.Reason}; everything is saved. The same command continues."),
        TrainingFailedException => (ExitCodes.Failed, cause.Message),
        UnauthorizedAccessException => (ExitCodes.UserMistake, $"{FirstLine(cause)} Give a folder that you may write to, with --out."),
        IOException => (ExitCodes.Failed, $"{FirstLine(cause)} Check that the disk is there, writable and not full; the same command then continues."),
        LibTorchException => (ExitCodes.Failed, cause.Message),
        OutOfMemoryException => (ExitCodes.Failed, "The memory of this machine does not suffice. Ask for fewer --tasks or --samples, or run fewer seeds at once."),
        _ => (ExitCodes.Failed, $"This should not happen: {cause.GetType().Name}: {FirstLine(cause)} Run it again with --verbose to see where, and tell the authors."),
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
