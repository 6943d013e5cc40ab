using System.Diagnostics;

namespace W2S.Tests.Cli;

/// <summary>The built program as a real process in a folder of its own.</summary>
internal sealed class BuiltProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("w2s-cli");

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    public (int ExitCode, string Output, string Error) Run(string arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <param name="ignored">A signal that the program is started to ignore, as nohup does with HUP.</param>
    /// <param name="ownGroup">Whether it leads a process group of its own, whose number is then its id.</param>
    public Process Start(string arguments, string ignored = "", bool ownGroup = false)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "W2S.dll");
        // A job in a shell's background ignores Ctrl-C, and so does whatever it starts: the program is to hear it also there.
        var signals = ignored == "" ? "--default-signal=INT,HUP" : $"--default-signal=INT --ignore-signal={ignored}";
        var start = new ProcessStartInfo("/usr/bin/env", $"{signals} {(ownGroup ? "setsid " : "")}dotnet \"{program}\" {arguments}")
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // .NET's own quotes are double ones; single ones are the shell's, in which tests are written.
        start.Arguments = start.Arguments.Replace('\'', '"');
        // A test's own data/ counts, not what the user has elsewhere.
        start.Environment.Remove("W2S_DATA");
        return Process.Start(start)!;
    }
}
