using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace W2S.Cli;

/// <summary>`doctor`: what the machine offers, and what to do about each problem.</summary>
internal sealed class DoctorCommand : DocumentedCommand
{
    private const long EnoughDisk = 1L << 30;

    public DoctorCommand() : base("doctor", "Examines the machine and says what to do about each problem.",
        "Shows which libtorch is used, from where and its version, whether it computes reproducibly, its threads and CUDA devices, the "
        + "processor and the folders that runs are written to. Exits with 1 if something keeps W2S from running at its best.")
    {
        AddExample("doctor", "Look at everything:");
        SetAction(_ => Show(Examine("runs", "checkpoints")));
    }

    private static int Show(IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(finding => finding.Name.Length);
        foreach (var finding in findings)
        {
            Console.WriteLine($"{(finding.Problem == null ? "ok " : "!! ")} {finding.Name.PadRight(width)}  {finding.Value}");
            if (finding.Problem == null) continue;
            Console.WriteLine($"      Problem: {finding.Problem}");
            Console.WriteLine($"      Remedy:  {finding.Remedy}");
        }
        return findings.Any(finding => finding.Problem != null) ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <summary>
    /// Looks at everything on the machine that decides whether and how fast W2S runs, and says what to do about each problem.
    /// </summary>
    /// <param name="folders">Where runs and checkpoints are to be written.</param>
    internal static IReadOnlyList<Finding> Examine(params string[] folders) =>
    [
        new(".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}"),
        Cores(),
        Simd(),
        .. Torch(),
        .. Threads(),
        .. folders.Select(Folder),
    ];

    private static Finding Cores()
    {
        var cores = Environment.ProcessorCount;
        return cores > 1
            ? new Finding("Cores", $"{cores}")
            : new Finding(
                "Cores", "1", "Representations and tasks cannot be trained side by side.",
                "Give the process more than one core, if there are more.");
    }

    private static Finding Simd() =>
        Vector512.IsHardwareAccelerated ? new("SIMD", "512 bits")
        : Vector256.IsHardwareAccelerated ? new("SIMD", "256 bits")
        : new(
            "SIMD", "none of use", "The fused engine runs several times slower than it could.",
            "Use a processor with AVX2 or AVX-512; check that DOTNET_EnableAVX2 is not 0.");

    private static Finding Folder(string folder)
    {
        var path = Path.GetFullPath(folder);
        var name = $"Folder {folder}";
        var existing = path;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
        try
        {
            var probe = Path.Combine(existing, $".w2s-doctor-{Environment.ProcessId}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
            var free = new DriveInfo(existing).AvailableFreeSpace;
            var value = $"writable, {free / 1e9:F1} GB free";
            return free >= EnoughDisk
                ? new Finding(name, value)
                : new Finding(name, value, "The disk is nearly full.", "Free some space, or write elsewhere with --out.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(name, "not writable", error.Message, "Make it writable, or write elsewhere with --out.");
        }
    }

    /// <summary>
    /// Which libtorch there is, from where, how it computes and on what. One that does not load is a finding, not a crash.
    /// </summary>
    private static IEnumerable<Finding> Torch() =>
        LibTorch.Problem is { } problem
            ? [TorchSharp(), new("libtorch", "cannot be used", problem.Problem, problem.Remedy)]
            : [
                TorchSharp(), new("libtorch", $"{__version__}, {Loaded("libtorch_cpu") ?? "at an unknown place"}"), Reproducibility(),
                new("Torch threads", $"{get_num_threads()}"), Cuda(),
            ];

    private static Finding TorchSharp()
    {
        var assembly = typeof(TorchSharp.torch).Assembly;
        var informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return new Finding("TorchSharp", $"{informational ?? assembly.GetName().Version?.ToString() ?? "unknown"}, {assembly.Location}");
    }

    private static Finding Reproducibility() => LibTorch.ReproduciblePath() switch
    {
        null => new(LibTorch.ReproducibilityVariable, "without effect: this libtorch has no MKL"),
        "OFF" => new(LibTorch.ReproducibilityVariable, "OFF",
            "MKL may compute the same product with other last bits: a training that was interrupted may not end as the undisturbed one.",
            $"Unset {LibTorch.ReproducibilityVariable}; W2S then sets it itself."),
        var path => new(LibTorch.ReproducibilityVariable, $"{path}, as MKL took it"),
    };

    private static Finding Cuda() => LibTorch.CudaProblem() switch
    {
        null => new("CUDA", $"{cuda.device_count()} device(s)"),
        _ when !LibTorch.HasCuda && !LibTorch.HasDriver => new("CUDA", "none; the CPU does the work"),
        var problem => new("CUDA", "not available", problem.Problem, problem.Remedy),
    };

    /// <summary>What the environment does to libtorch's threads.</summary>
    private static IEnumerable<Finding> Threads()
    {
        foreach (var name in new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } value) continue;
            var cores = Environment.ProcessorCount;
            yield return int.TryParse(value, out var threads) && threads > cores
                ? new Finding(
                    name, value, $"That is more than the {cores} cores: threads that wait for each other's core are many times slower.",
                    $"Unset it, or set it to {cores} at most.")
                : new Finding(name, value);
        }
    }

    /// <summary>
    /// The path of the first library loaded by this process, as /proc has it, whose file name starts with one of the names; null where none
    /// is, or the system does not tell.
    /// </summary>
    private static string? Loaded(params string[] names)
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps)) return null;
        var paths = File.ReadLines(maps).Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "").Distinct();
        return paths.FirstOrDefault(path => names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)));
    }

    /// <summary>One thing that the doctor looked at.</summary>
    /// <param name="Name">What: "libtorch".</param>
    /// <param name="Value">What was found.</param>
    /// <param name="Problem">What is wrong with it; null where nothing is.</param>
    /// <param name="Remedy">What to do about the problem.</param>
    internal sealed record Finding(string Name, string Value, string? Problem = null, string? Remedy = null);
}
