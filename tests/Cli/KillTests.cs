using System.Diagnostics;
using System.Text.RegularExpressions;
using W2S.Experiments;
using W2S.Models;

namespace W2S.Tests.Cli;

/// <summary>A study whose process is killed with SIGKILL at random moments and started again ends in the same bits.</summary>
public sealed class KillTests : IDisposable
{
    /// <summary>How a process ends that SIGKILL ended: 128 + 9.</summary>
    private static readonly int Killed = OperatingSystem.IsWindows() ? -1 : 137;

    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("fused", "--tasks 20 --samples 500 --epochs 120 --head-epochs 8000 --save-every 5%")]
    [InlineData("torch", "--tasks 10 --samples 200 --epochs 6 --head-epochs 300 --save-every 5%")]
    public void Killed_anywhere_and_run_again_a_study_ends_in_the_same_bits(string engine, string settings)
    {
        var study = $"reproduce 2b --engine {engine} {settings} --quiet";
        Assert.Equal(0, _program.Run($"{study} --out undisturbed").ExitCode);

        // Reproducible moments: when the run has written so many more lines of metrics, of about 500 in all.
        var random = new W2S.Data.RandomStream(20240525, "kills");
        var kills = 0;
        while (kills < 5)
        {
            using var process = _program.Start($"{study} --out killed");
            var enough = Metrics() + 1 + random.NextInt(90);
            while (Metrics() < enough && !process.HasExited) Thread.Sleep(1);
            process.Kill();
            process.WaitForExit();
            if (process.ExitCode == 0) break; // On a busy machine it may be far ahead of who looks at it.
            Assert.Equal(Killed, process.ExitCode);
            kills++;
        }
        Assert.True(kills > 0, "The study ended before it could be killed.");
        var (code, _, error) = _program.Run($"{study} --out killed");
        Assert.True(code == 0, error);

        Assert.Equal(WithoutSeconds("undisturbed"), WithoutSeconds("killed"));
        foreach (var weights in new[] { "state.safetensors", "heads.safetensors" })
            Assert.Equal(Files("undisturbed", weights), Files("killed", weights));
    }

    [Theory]
    [InlineData("encoder")]
    [InlineData("onnx:model")]
    public void Features_that_were_killed_in_the_middle_go_on_to_the_same_bytes(string encoder)
    {
        const string name = "Alice Bob Carol Dave Erin Frank Grace Heidi Ivan Judy";
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. name.ToLowerInvariant().Split(' ')];
        TinyOnnx.Write(Path.Combine(_program.Folder, "model"), vocabulary, width: 32);
        var shape = new EncoderShape(vocabulary.Length, HiddenSize: 64, Layers: 4, Heads: 2) { IntermediateSize = 256, MaximumLength = 512 };
        new HuggingFaceFolder(shape, EncoderWeights.InitialiseEncoder(shape, 1, "killed"), vocabulary).Write(Path.Combine(_program.Folder, "encoder"));
        File.WriteAllLines(Path.Combine(_program.Folder, "t.csv"), ["T", .. Enumerable.Range(0, 6000).Select(row =>
            string.Join(' ', Enumerable.Repeat(name, row % 9 + 2)))]);
        var features = $"features --data t.csv --text-column T --encoder {encoder} --pooling mean --threads 1 --quiet --out";
        Assert.Equal(0, _program.Run($"{features} whole.npy").ExitCode);

        var kills = 0;
        for (var blocks = Blocks(); kills < 2; blocks = Blocks())
        {
            using var process = _program.Start($"{features} killed.npy");
            while (Blocks() < blocks + 3 && !process.HasExited) Thread.Sleep(1);
            process.Kill();
            process.WaitForExit();
            if (process.ExitCode == 0) break; // On a busy machine it may be far ahead of who looks at it.
            kills++;
        }
        Assert.True(kills > 0, "The features were there before their program could be killed.");
        Assert.Equal(0, _program.Run($"{features} killed.npy").ExitCode);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_program.Folder, "whole.npy")), File.ReadAllBytes(Path.Combine(_program.Folder, "killed.npy")));
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "killed.npy.partial")));

        long Blocks() => Directory.Exists(Path.Combine(_program.Folder, "killed.npy.partial"))
            ? Directory.GetFiles(Path.Combine(_program.Folder, "killed.npy.partial"), "*.blocks").Sum(file => new FileInfo(file).Length) / 8
            : 0;
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Told_to_end_it_saves_says_so_with_75_and_continues(string signal)
    {
        const string study = "reproduce 2b --engine fused --tasks 5 --epochs 4000 --out run";
        using var process = _program.Start(study);
        Assert.NotNull(await process.StandardError.ReadLineAsync());
        using (var kill = Process.Start("kill", $"-{signal} {process.Id}")) kill.WaitForExit();
        var rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(75, process.ExitCode);
        Assert.Contains($"SIG{signal}", rest);
        Assert.NotEmpty(Directory.GetDirectories(Path.Combine(_program.Folder, "run/representations"), "step-*", SearchOption.AllDirectories));
    }

    /// <summary>A terminal's Ctrl-C, timeout(1) and Slurm signal the whole process group, and so the Python that prepares.</summary>
    [SkippableTheory]
    [InlineData("INT", 0)]
    [InlineData("INT", 1000)]
    [InlineData("TERM", 300)]
    public void A_signal_to_the_process_group_stops_Python_too_and_is_told_as_a_stop(string signal, int milliseconds)
    {
        Skip.If(W2S.Data.PythonProcess.FindRDKit(withDescriptors: false) == null, "python3-rdkit is not installed.");
        File.WriteAllLines(Path.Combine(_program.Folder, "corpus.csv"), ["smiles", .. W2S.Data.SyntheticMolecules.Generate(5000, 0).Select(molecule => molecule.Aromatic)]);
        using var process = _program.Start("data prepare corpus.csv --out made --renumberings 20", ownGroup: true);
        while (!File.Exists(Path.Combine(_program.Folder, "made.partial", "job.json")) && !process.HasExited) Thread.Sleep(1); // then Python starts
        Thread.Sleep(milliseconds);
        using (var kill = Process.Start("kill", $"-{signal} -- -{process.Id}")) kill.WaitForExit();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 75, error);
        Assert.Contains($"Stopped early by SIG{signal}", error);
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "made")));
    }

    [Fact]
    public void Under_nohup_it_outlives_the_terminal()
    {
        using var process = _program.Start("reproduce 2b --engine fused --tasks 5 --epochs 600 --out run", ignored: "HUP");
        Assert.NotNull(process.StandardError.ReadLine());
        using (var kill = Process.Start("kill", $"-HUP {process.Id}")) kill.WaitForExit();
        var rest = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, rest);
    }

    [Fact]
    public void A_second_process_in_the_same_folder_says_who_holds_it()
    {
        using var first = _program.Start("reproduce 2b --engine fused --tasks 5 --epochs 4000 --out run");
        Assert.NotNull(first.StandardError.ReadLine());
        var (code, _, error) = _program.Run("reproduce 2b --engine fused --tasks 5 --epochs 4000 --out run");
        first.Kill();
        first.WaitForExit();
        Assert.Equal(2, code);
        Assert.Contains($"process {first.Id}", error);
    }

    private int Metrics()
    {
        var path = Path.Combine(_program.Folder, "killed/metrics.jsonl");
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Count(character => character == '\n');
    }

    private string WithoutSeconds(string run) =>
        Regex.Replace(File.ReadAllText(Path.Combine(_program.Folder, run, "summary.json")), "\"seconds\": [^,\n]*", "");

    /// <summary>The digests of all files of that name, a line each with its place in the run.</summary>
    private string Files(string run, string name)
    {
        var folder = Path.Combine(_program.Folder, run);
        return string.Join('\n', Directory.GetFiles(folder, name, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
    }
}
