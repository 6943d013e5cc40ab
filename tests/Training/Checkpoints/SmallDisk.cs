using System.Diagnostics;

namespace W2S.Training.Tests;

/// <summary>A file system of few kilobytes in memory; only root can make one.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(string folder, string options)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        Skip.IfNot(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Folder),
            "Mounting a small disk needs root on Linux.");
    }

    public string Folder { get; }

    public void Remount(string options) => Assert.True(Run("mount", "-o", "remount," + options, Folder));

    public void Dispose() => Run("umount", Folder);

    private static bool Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
