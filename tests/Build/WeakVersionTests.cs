using System.Collections;
using System.Security.Cryptography;
using Microsoft.Build.Framework;

namespace W2S.Build.Tests;

/// <summary>The build's copy of libLibTorchSharp.so, made from the real one.</summary>
public sealed class WeakVersionTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32", Symbol = "_ZSt21ios_base_library_initv";

    private static readonly string Original = Repository.PackageFile("torchsharp", "runtimes/linux-x64/native/libLibTorchSharp.so");
    private static readonly string Built = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libLibTorchSharp.so");

    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-build-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_built_copy_differs_from_the_package_in_the_one_flag()
    {
        var (original, built) = (File.ReadAllBytes(Original), File.ReadAllBytes(Built));
        Assert.Equal(original.Length, built.Length);
        Assert.Equal([(0, 2)], original.Zip(built).Where(pair => pair.First != pair.Second).Select(pair => ((int)pair.First, (int)pair.Second)));
    }

    [SkippableFact]
    public async Task Readelf_sees_the_version_weak_in_the_copy_and_strong_in_the_package()
    {
        Skip.IfNot(File.Exists("/usr/bin/readelf"), "readelf (binutils) is not installed.");
        Assert.Matches($"{Version.Replace(".", "\\.")}  Flags: WEAK ", await Run("readelf", "--version-info", Built));
        Assert.Matches($"{Version.Replace(".", "\\.")}  Flags: none ", await Run("readelf", "--version-info", Original));
        Assert.Single((await Run("readelf", "--version-info", Built)).Split('\n'), line => line.Contains("Flags: WEAK"));
    }

    [Fact]
    public async Task The_copy_is_no_hard_link_to_the_package() =>
        Assert.NotEqual(await Run("stat", "--format=%d:%i", Original), await Run("stat", "--format=%d:%i", Built));

    [Fact]
    public void The_package_is_as_it_was_downloaded()
    {
        var package = Directory.EnumerateFiles(Path.GetFullPath("../../..", Path.GetDirectoryName(Original)), "*.nupkg").Single();
        using var zip = System.IO.Compression.ZipFile.OpenRead(package);
        using var entry = zip.GetEntry("runtimes/linux-x64/native/libLibTorchSharp.so").Open();
        Assert.Equal(SHA256.HashData(entry), SHA256.HashData(File.ReadAllBytes(Original)));
    }

    [Fact]
    public void Twice_is_as_once() => Assert.Equal(File.ReadAllBytes(Built), Weakened(File.ReadAllBytes(Built)));

    [Theory]
    [InlineData("libtorch-cpu-linux-x64", "libc10.so")]
    [InlineData("libtorch-cpu-linux-x64", "libtorch.so")]
    public void A_library_without_the_version_is_copied_as_it_is(string package, string name)
    {
        var library = File.ReadAllBytes(Repository.PackageFile(package, $"runtimes/linux-x64/native/{name}"));
        Assert.Equal(library, Weakened([.. library]));
    }

    [Fact]
    public void A_version_that_another_symbol_needs_is_refused() =>
        Assert.Contains("_ZNSt6thread6_StateD2Ev needs GLIBCXX_3.4.22 as well", Refusal("GLIBCXX_3.4.22", "_ZTINSt6thread6_StateE"));

    [Theory]
    [InlineData("GLIBCXX_3.4.30", "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE")]
    [InlineData("GLIBCXX_3.4.14", "_ZSt25__throw_bad_function_callv")]
    public void A_symbol_that_is_really_called_is_refused(string version, string symbol) =>
        Assert.Equal($"it really uses {symbol} of {version}.", Refusal(version, symbol));

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000)]
    [InlineData(2_200_000)]
    [InlineData(-1)]
    public void A_file_that_was_cut_short_is_refused_and_nothing_is_written(int length)
    {
        var whole = File.ReadAllBytes(Original);
        Refused(whole[..(length < 0 ? whole.Length + length : length)], length < 64 && length >= 0 ? "it is no ELF library" : "it was cut short");
    }

    [Theory]
    [InlineData(0, (byte)'<', "it is no ELF library")]
    [InlineData(4, 1, "it is not a 64-bit little-endian library")]
    [InlineData(5, 2, "it is not a 64-bit little-endian library")]
    public void Another_kind_of_file_is_refused_and_nothing_is_written(int at, byte value, string reason)
    {
        var other = File.ReadAllBytes(Original);
        other[at] = value;
        Refused(other, reason);
    }

    [Fact]
    public void Any_damage_is_refused_or_harmless_but_never_a_crash()
    {
        var original = File.ReadAllBytes(Original);
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = (byte[])original.Clone();
            // Half of the damage is to the headers, whose every byte leads somewhere.
            for (var i = 0; i < 4; i++) damaged[random.Next(trial % 2 == 0 ? 1024 : damaged.Length)] = (byte)random.Next(256);
            try
            {
                WeakVersion.Weaken(damaged, Version, Symbol);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Fact]
    public void Builds_at_the_same_time_all_succeed_and_nobody_sees_half_a_file()
    {
        var destination = Path.Combine(_folder, "deep", "copy.so");
        var expected = File.ReadAllBytes(Built);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var (done, errors) = Execute(Original, destination);
            Assert.True(done, string.Join('\n', errors));
            Assert.Equal(expected, File.ReadAllBytes(destination));
        });
        Assert.Equal([destination], Directory.GetFiles(Path.GetDirectoryName(destination)));
    }

    private static byte[] Weakened(byte[] library)
    {
        WeakVersion.Weaken(library, Version, Symbol);
        return library;
    }

    private static string Refusal(string version, string symbol) =>
        Assert.Throws<InvalidDataException>(() => WeakVersion.Weaken(File.ReadAllBytes(Original), version, symbol)).Message;

    private void Refused(byte[] library, string reason)
    {
        var (source, destination) = (Path.Combine(_folder, "source.so"), Path.Combine(_folder, "copy.so"));
        File.WriteAllBytes(source, library);
        var (done, errors) = Execute(source, destination);
        Assert.False(done);
        var error = Assert.Single(errors);
        Assert.Contains(source, error);
        Assert.Contains(reason, error);
        Assert.Contains("delete its folder in the package cache", error);
        Assert.Equal([source], Directory.GetFiles(_folder));
    }

    private static (bool Done, List<string> Errors) Execute(string source, string destination)
    {
        var engine = new RecordingEngine();
        return (new WeakVersion { BuildEngine = engine, Source = source, Destination = destination, Version = Version, Symbol = Symbol }.Execute(), engine.Errors);
    }

    private static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true });
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    /// <summary>MSBuild, as far as a task that logs errors sees it.</summary>
    private sealed class RecordingEngine : IBuildEngine
    {
        public List<string> Errors { get; } = [];

        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "";

        public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => throw new NotSupportedException();

        public void LogCustomEvent(CustomBuildEventArgs e) { }

        public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e.Message);

        public void LogMessageEvent(BuildMessageEventArgs e) { }

        public void LogWarningEvent(BuildWarningEventArgs e) { }
    }
}
