using W2S.Runs.Launchers;

namespace W2S.Cluster.Tests;

/// <summary>An sbatch and an scontrol that write down how they are called and answer as told, before any real Slurm.</summary>
internal sealed class FakeSlurm : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-fake-slurm").FullName;

    /// <param name="sbatch">Shell lines of sbatch; $number counts its calls from 1.</param>
    public FakeSlurm(string sbatch = "echo $((100 + number))", int largestArray = 1001)
    {
        WriteTool("sbatch", $"""
            echo "$*" >>{_folder}/calls
            number=$(wc -l <{_folder}/calls)
            {sbatch}
            """);
        WriteTool("scontrol", $"echo 'Configuration data as of now'; echo 'MaxArraySize            = {largestArray}'; echo 'MaxJobCount = 7'");
    }

    public SlurmLauncher.Commands Commands => new(_folder);

    /// <summary>The arguments of each call of sbatch.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(_folder, "calls")) ? File.ReadAllLines(Path.Combine(_folder, "calls")) : [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteTool(string name, string script)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
