using System.Diagnostics;
using System.Text;

namespace W2S.Tests.Cli;

/// <summary>The real program beside native libraries that are really broken.</summary>
public sealed class BrokenLibraryTests : IDisposable
{
    private const string Binding = "libLibTorchSharp.so", Torch = "libtorch_cpu.so";
    private const string OnTorch = "train-weak --engine torch --hidden 4 --depth 1 --tasks 2 --samples 100 --set pretraining.samples=64 --set pretraining.tasks=2 --quiet";

    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-broken-").FullName;

    /// <summary>The program's files as hard links, so that 500 MB are neither copied nor, where a test replaces one, changed.</summary>
    public BrokenLibraryTests() => Run("/bin/cp", ["-rl", AppContext.BaseDirectory + ".", Program]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Program => Path.Combine(_folder, "program");

    [Theory]
    [InlineData(Binding)]
    [InlineData(Torch)]
    [InlineData("libc10.so")]
    public void A_missing_library_is_named(string library)
    {
        File.Delete(Native(library));
        Finds($"{Native(library)} is missing.", "Fetch it anew: delete artifacts/ and, in the package cache ");
    }

    [Fact]
    public void A_missing_library_of_the_system_is_named_in_the_loaders_words()
    {
        File.Delete(Directory.EnumerateFiles(Native(""), "libgomp*").Single());
        Finds("libgomp-", "install it (on Debian: apt-get install");
    }

    [Theory]
    [InlineData(Binding, 1_000_000)]
    [InlineData(Binding, 2_399_000)]
    [InlineData(Torch, 64)]
    [InlineData(Torch, 100_000)]
    [InlineData("libtorch_python.so", 30_000_000)]
    public void A_half_downloaded_library_is_named_and_does_not_end_the_process(string library, int length)
    {
        Replace(library, bytes => bytes[..length], length);
        Finds($"{Native(library)} was cut short: it has {length:N0} bytes", "Fetch it anew");
    }

    [Fact]
    public void An_error_page_in_a_librarys_place_is_no_library()
    {
        Replace(Binding, _ => "<html>404 Not Found</html>"u8.ToArray());
        Finds($"{Native(Binding)} is not a shared library; it may be an incomplete download.", "Fetch it anew");
    }

    [Fact]
    public void A_library_of_another_architecture_is_told()
    {
        const int machine = 18;
        Replace(Binding, bytes => { bytes[machine] = 8; return bytes; }); // MIPS
        Finds("is for another kind of processor (ELF machine 8)", "Fetch it anew");
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.29", "GLIBCXX_3.4.99", "This system's libstdc++ is too old for TorchSharp", "GCC 12 or later")]
    [InlineData("GLIBC_2.34", "GLIBC_2.99", "This system's C library is too old for libtorch", "glibc 2.34 or later")]
    public void A_system_that_is_too_old_is_told(string version, string newer, string problem, string remedy)
    {
        Replace(Binding, bytes => Replaced(bytes, version, newer));
        Finds($"{problem}: ", remedy);
        Finds($"version `{newer}' not found (required by {Native(Binding)}).", remedy);
    }

    [Fact]
    public void Another_libtorch_on_the_search_path_is_told()
    {
        // A library that has the name and nothing in it: that of another release, too, lacks what this one's fellows want of it.
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        File.Copy(Native("libtorch_global_deps.so"), Path.Combine(other, "libc10.so"));
        foreach (var needed in Directory.EnumerateFiles(Native(""), "libgomp*")) File.Copy(needed, Path.Combine(other, Path.GetFileName(needed)));
        var (code, output, _) = Start("doctor", ("LD_LIBRARY_PATH", other));
        Assert.Equal(1, code);
        Assert.Contains("Another libtorch's file was taken in the place of this one's: ", output);
        Assert.Contains("Unset LD_LIBRARY_PATH", output);
    }

    [SkippableFact]
    public void A_build_for_CUDA_without_a_GPU_is_told()
    {
        Skip.If(File.Exists("/dev/nvidiactl"), "There is an NVIDIA GPU.");
        File.Copy(Native("libtorch_global_deps.so"), Native("libtorch_cuda.so"));
        Finds("This build of W2S has libtorch for NVIDIA's GPUs, but this machine has no NVIDIA driver.", "TorchDevice=cpu ./run.sh setup");
    }

    [Theory]
    [InlineData(Binding, 0, "is missing.")]
    [InlineData(Binding, 1_000_000, "was cut short: it has 1,000,000 bytes of at least ")]
    [InlineData(Torch, 100_000, "was cut short: it has 100,000 bytes of at least ")]
    public void A_command_on_the_torch_engine_says_one_paragraph_with_the_remedy_and_nothing_on_stdout(string library, int length, string problem)
    {
        if (length == 0) File.Delete(Native(library));
        else Replace(library, bytes => bytes, length);
        var (code, output, error) = Start(OnTorch);
        Assert.Equal((1, ""), (code, output));
        var paragraph = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"{Native(library)} {problem}", paragraph);
        Assert.Contains("Fetch it anew: ", paragraph);
    }

    [Fact]
    public void What_needs_no_libtorch_runs_without_it()
    {
        File.Delete(Native(Torch));
        Assert.Equal(0, Start(OnTorch.Replace("torch", "fused")).Code);
    }

    [Theory]
    [InlineData("COMPATIBLE", "ok  MKL_CBWR +COMPATIBLE, as MKL took it", 0)]
    [InlineData("", "!!  MKL_CBWR +OFF\n +Problem: .*\n +Remedy: +Unset MKL_CBWR", 1)]
    public void What_MKL_took_is_shown(string value, string line, int exit)
    {
        var (code, output, _) = Start("doctor", ("MKL_CBWR", value));
        Assert.Matches(line, output);
        Assert.Equal(exit, code);
    }

    [Fact]
    public void More_threads_than_cores_are_told()
    {
        var (_, output, _) = Start("doctor", ("OMP_NUM_THREADS", "1000"));
        Assert.Matches("!!  OMP_NUM_THREADS +1000\n +Problem: That is more than the", output);
    }

    /// <summary>The doctor finds it, with its remedy, and still looks at the rest.</summary>
    private void Finds(string problem, string remedy)
    {
        var (code, output, error) = Start("doctor");
        Assert.Equal((1, ""), (code, error));
        var lines = output.Split('\n');
        var at = Assert.Single(Enumerable.Range(0, lines.Length), line => lines[line].StartsWith("      Problem: ", StringComparison.Ordinal));
        Assert.Contains(problem, lines[at]);
        Assert.StartsWith("      Remedy:  ", lines[at + 1]);
        Assert.Contains(remedy, lines[at + 1]);
        Assert.Contains("Folder runs", output);
    }

    private string Native(string library) => Path.Combine(Program, "runtimes/linux-x64/native", library);

    /// <summary>Writes a new file in the place of the hard link.</summary>
    private void Replace(string library, Func<byte[], byte[]> change, int? needed = null)
    {
        var path = Native(library);
        var bytes = new byte[needed ?? new FileInfo(path).Length];
        using (var file = File.OpenRead(path)) file.ReadExactly(bytes);
        File.Delete(path);
        File.WriteAllBytes(path, change(bytes));
    }

    private static byte[] Replaced(byte[] bytes, string old, string by)
    {
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(old + "\0"));
        Encoding.ASCII.GetBytes(by).CopyTo(bytes, at);
        return bytes;
    }

    private (int Code, string Output, string Error) Start(string arguments, params (string Name, string Value)[] variables) =>
        Run("dotnet", [Path.Combine(Program, "W2S.dll"), .. arguments.Split(' ')], variables);

    private (int Code, string Output, string Error) Run(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in new[] { "MKL_CBWR", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "LD_LIBRARY_PATH" }) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
