using System.ComponentModel;
using System.Diagnostics;

namespace W2S.Data;

/// <summary>
/// Runs Python beside this process, line by line, so that a wish to stop ends it at once. It is started in a session of its own,
/// for Ctrl-C is this process's to answer; where there is no setsid the programs leave the terminal's process group as their first
/// act, and a signal that comes before that is told from a failure.
/// </summary>
internal static class PythonProcess
{
    /// <summary>What a program begins with.</summary>
    public const string Detached = "import os\nif hasattr(os, 'setsid') and os.getpid() != os.getpgrp(): os.setsid()\n";

    /// <summary>Debian's own first: another python3 may come before it on the PATH and lack its packages.</summary>
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    private const string OwnSession = "/usr/bin/setsid";

    private const int AskEvery = 50; // milliseconds

    // By then the signal that ended Python has reached this process too.
    private const int PatienceAfterSignal = 2000;

    /// <summary>The Python on this machine that has RDKit.</summary>
    /// <param name="withDescriptors">Whether SciPy is needed too.</param>
    /// <param name="ask">What it throws stops the search.</param>
    /// <exception cref="UserErrorException">None has what is needed.</exception>
    public static string RequireRDKit(bool withDescriptors, Action? ask = null) =>
        FindRDKit(withDescriptors, ask) ?? throw new UserErrorException(
            $"No python3 here can import rdkit{(withDescriptors ? " and scipy" : "")}, which prepare corpora. "
            + "Install them with ./run.sh setup molecules (Debian's python3-rdkit and python3-scipy).");

    /// <summary>Its path or name, or null.</summary>
    /// <inheritdoc cref="RequireRDKit" path="/param"/>
    public static string? FindRDKit(bool withDescriptors, Action? ask = null) =>
        Candidates.FirstOrDefault(python => Runs(python, $"import rdkit, numpy{(withDescriptors ? ", scipy" : "")}", ask));

    /// <summary>Writes the input, hears the output, and returns when the process has ended.</summary>
    /// <param name="ask">Called several times a second; what it throws ends the process, and is thrown here. Null: nobody wants
    /// to stop it.</param>
    /// <returns>The exit code, and what it wrote to stderr last.</returns>
    public static (int ExitCode, string Error) Run(ProcessStartInfo start, IEnumerable<string>? input, Action<string> hear, Action? ask)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        if (File.Exists(OwnSession))
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = OwnSession;
        }
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var written = Task.Run(() => Write(process, input ?? []));
            for (Task<string?> line; Wait(line = process.StandardOutput.ReadLineAsync(), ask) && line.Result != null;) hear(line.Result);
            Wait(written, ask);
            Wait(process.WaitForExitAsync(), ask);
            Wait(errors, ask);
            if (WasInterrupted(process.ExitCode, errors.Result)) AskUntilItIsKnown(ask);
            return (process.ExitCode, errors.Result.Trim().Split('\n')[^1]);
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static bool Runs(string python, string program, Action? ask)
    {
        try
        {
            return Run(new ProcessStartInfo(python, ["-c", Detached + program]), null, _ => { }, ask).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static void Write(Process process, IEnumerable<string> input)
    {
        // A process that failed reads no more; its error says more than the broken pipe.
        try
        {
            process.StandardInput.NewLine = "\n";
            foreach (var line in input) process.StandardInput.WriteLine(line);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private static bool Wait(Task task, Action? ask)
    {
        while (!task.Wait(AskEvery)) ask?.Invoke();
        return true;
    }

    /// <summary>By SIGHUP, SIGINT or SIGTERM, as .NET tells it; or by SIGINT while Python still gathered its modules.</summary>
    private static bool WasInterrupted(int exitCode, string errors) =>
        exitCode is 128 + 1 or 128 + 2 or 128 + 15 || (exitCode != 0 && errors.Contains("KeyboardInterrupt", StringComparison.Ordinal));

    private static void AskUntilItIsKnown(Action? ask)
    {
        for (var waited = 0; ask != null && waited < PatienceAfterSignal; waited += AskEvery)
        {
            ask();
            Thread.Sleep(AskEvery);
        }
    }
}
