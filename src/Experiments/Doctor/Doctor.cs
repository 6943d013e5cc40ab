using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace W2S.Experiments;

/// <summary>Looks at everything on the machine that decides whether and how fast W2S runs, and says what to do about each problem.</summary>
internal static class Doctor
{
    private const long EnoughDisk = 1L << 30;

    /// <param name="folders">Where runs and checkpoints are to be written.</param>
    public static IReadOnlyList<Finding> Examine(params string[] folders) =>
    [
        new(".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}"),
        Cores(),
        Simd(),
        .. TorchFindings.Examine(),
        .. ThreadFindings.Examine(),
        .. folders.Select(Folder),
    ];

    private static Finding Cores()
    {
        var cores = Environment.ProcessorCount;
        return cores > 1
            ? new Finding("Cores", $"{cores}")
            : new Finding("Cores", "1", "Representations and tasks cannot be trained side by side.", "Give the process more than one core, if there are more.");
    }

    private static Finding Simd() =>
        Vector512.IsHardwareAccelerated ? new("SIMD", "512 bits")
        : Vector256.IsHardwareAccelerated ? new("SIMD", "256 bits")
        : new("SIMD", "none of use", "The fused engine runs several times slower than it could.", "Use a processor with AVX2 or AVX-512; check that DOTNET_EnableAVX2 is not 0.");

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
            return free >= EnoughDisk ? new Finding(name, value) : new Finding(name, value, "The disk is nearly full.", "Free some space, or write elsewhere with --out.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(name, "not writable", error.Message, "Make it writable, or write elsewhere with --out.");
        }
    }
}
