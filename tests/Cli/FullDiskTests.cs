using System.Diagnostics;
using System.Text.RegularExpressions;

namespace W2S.Tests.Cli;

/// <summary>
/// Whole runs on disks that are too small by more or less, so that the disk is full at every write in turn, and in folders that become
/// read-only on the way: each is told in a sentence, nothing is lost, and where it can write again the same command ends as ever.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Study = "reproduce 2b --engine fused --tasks 4 --samples 200 --epochs 20 --head-epochs 40 --save-every 10% --threads 1 --quiet --out";
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [SkippableFact]
    public void Whatever_write_finds_the_disk_full_the_same_command_continues_with_room()
    {
        Assert.Equal(0, _program.Run($"{Study} large").ExitCode);
        var disk = Path.Combine(_program.Folder, "disk");
        Directory.CreateDirectory(disk);
        Skip.IfNot(OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", "size=16k", "tmpfs", disk), "Mounting a small disk needs root on Linux.");
        try
        {
            var full = 0;
            foreach (var size in (int[])[16, 32, 56, 96, 160])
            {
                Assert.True(Mount("-o", $"remount,size={size}k", disk));
                var (code, _, error) = _program.Run($"{Study} disk/run");
                if (code == 0) continue;
                full++;
                Assert.True(code is 1 or 2, error);
                Assert.DoesNotContain("should not happen", error);
                Assert.Matches("disk is full|No space left|not full|Free space", error);
            }
            Assert.InRange(full, 2, 5);
            Assert.True(Mount("-o", "remount,size=64m", disk));
            var (last, _, problem) = _program.Run($"{Study} disk/run");
            Assert.True(last == 0, problem);
            Assert.Equal(WithoutSeconds("large"), WithoutSeconds("disk/run"));
            foreach (var heads in Directory.GetFiles(Path.Combine(_program.Folder, "large"), "heads.safetensors", SearchOption.AllDirectories))
                Assert.Equal(File.ReadAllBytes(heads), File.ReadAllBytes(heads.Replace("/large/", "/disk/run/")));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [SkippableFact]
    public void Whenever_the_folder_becomes_read_only_the_same_command_continues_once_it_can_be_written()
    {
        Assert.Equal(0, _program.Run($"{Study} large").ExitCode);
        string run = Folder("run"), frozen = Folder("frozen");
        Skip.IfNot(OperatingSystem.IsLinux() && Mount("--bind", run, frozen), "Mounting a folder needs root on Linux.");
        try
        {
            Assert.True(Mount("-o", "remount,bind,ro", frozen));
            var refused = 0;
            foreach (var written in (int[])[0, 1, 3, 6, 12])
            {
                var before = Entries(run);
                using var process = _program.Start($"{Study} run");
                var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
                while (!process.HasExited && Entries(run) - before < written) Thread.Sleep(1);
                // What is open stays so; whatever is opened from now on finds a file system that takes nothing.
                Assert.True(Mount("--bind", frozen, run));
                process.WaitForExit();
                Assert.True(Run("umount", run));
                if (process.ExitCode == 0) continue;
                refused++;
                Assert.True(process.ExitCode is 1 or 2, error.Result + output.Result);
                Assert.DoesNotContain("should not happen", error.Result);
                Assert.Matches("cannot be written|Read-only", error.Result);
            }
            // Before it starts is always in time; the later moments are met or missed as the machine has it.
            Assert.InRange(refused, 1, 5);
        }
        finally
        {
            Run("umount", run);
            Run("umount", frozen);
        }
        var (last, _, problem) = _program.Run($"{Study} run");
        Assert.True(last == 0, problem);
        Assert.Equal(WithoutSeconds("large"), WithoutSeconds("run"));

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(_program.Folder, name)).FullName;

        static int Entries(string folder) => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Length;
    }

    private string WithoutSeconds(string run) => Regex.Replace(File.ReadAllText(Path.Combine(_program.Folder, run, "summary.json")), "\"seconds\": [^,\n]*", "");

    private static bool Mount(params string[] arguments) => Run("mount", arguments);

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
