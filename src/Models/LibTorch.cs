using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace W2S.Models;

/// <summary>The native library under TorchSharp: what must be so before it computes anything, and what keeps it from doing so.</summary>
public static class LibTorch
{
    /// <summary>The variable by which MKL, libtorch's matrix library, is told to compute in a reproducible way.</summary>
    public const string ReproducibilityVariable = "MKL_CBWR";

    private const string Binding = "libLibTorchSharp.so", Cpu = "libtorch_cpu.so", Cuda = "libtorch_cuda.so";

    private static readonly string[] Required = [Binding, "libtorch.so", Cpu, "libc10.so"];

    private static readonly Lazy<LibTorchException?> Loading = new(TryLoad);

    /// <summary>
    /// Has MKL take one code path whatever the alignment of its operands (Conditional Numerical Reproducibility): else the same
    /// product of the same numbers differs in its last bits from one array to the next, and an interrupted training would not
    /// end as the undisturbed one. What the environment already says stays.
    /// </summary>
    /// <remarks>
    /// MKL reads the variable at its first call, from libc's environment, which .NET's own SetEnvironmentVariable does not reach.
    /// Runs by itself when this assembly is first used; call it before computing with TorchSharp alone.
    /// </remarks>
    public static void MakeReproducible()
    {
        if (!OperatingSystem.IsWindows()) _ = setenv(ReproducibilityVariable, FastestPath, overwrite: 0);
    }

    /// <summary>Loads libtorch and TorchSharp's binding to it, once; call it before the first use of TorchSharp.</summary>
    /// <remarks>
    /// TorchSharp would load them itself. But where that fails it prints its search to stdout, copies 500 MB beside the program
    /// and says that a package reference is missing; and a file that was cut short ends the process (SIGBUS).
    /// </remarks>
    /// <exception cref="LibTorchException">A library is missing, damaged, or not for this machine.</exception>
    public static void Load()
    {
        if (Problem is { } problem) throw problem;
    }

    /// <summary>Sets how many threads an operation may use that the calling thread asks for, from now on.</summary>
    /// <remarks>
    /// OpenMP and MKL have such a number for each calling thread, and a product differs with it in its last bits. So whatever
    /// computes says its number in the thread that computes: another thread, and those of a pool, keep what they were told last.
    /// </remarks>
    /// <exception cref="LibTorchException">libtorch does not load.</exception>
    public static void UseThreads(int count)
    {
        Load();
        TorchSharp.torch.set_num_threads(count);
    }

    /// <summary>Why libtorch cannot be loaded; null where it is loaded.</summary>
    public static LibTorchException? Problem => Loading.Value;

    /// <summary>Why there is no CUDA device to compute on; null where there is one, or where libtorch itself does not load.</summary>
    public static LibTorchException? CudaProblem()
    {
        if (Problem != null || TorchSharp.torch.cuda.is_available()) return null;
        if (!HasCuda)
            return new(
                "This build of W2S has libtorch for the CPU alone.",
                "Build it for NVIDIA's GPUs with TorchDevice=cuda ./run.sh setup, or compute with --device cpu.");
        return HasDriver
            ? new(
                "libtorch cannot use the GPU of this machine: its driver is too old, or the GPU is not given to this process.",
                "See what nvidia-smi and CUDA_VISIBLE_DEVICES say, or compute with --device cpu.")
            : new(
                "This build of W2S has libtorch for NVIDIA's GPUs, but this machine has no NVIDIA driver.",
                "Run it on a machine with a GPU (on a cluster, ask for one), compute with --device cpu, or go back with TorchDevice=cpu "
                    + "./run.sh setup.");
    }

    /// <summary>Whether this build holds libtorch for NVIDIA's GPUs (TorchDevice=cuda).</summary>
    public static bool HasCuda => Folder is { } folder && File.Exists(Path.Combine(folder, Cuda));

    /// <summary>Whether this machine has NVIDIA's driver.</summary>
    public static bool HasDriver => File.Exists("/dev/nvidiactl");

    /// <summary>
    /// The code path that MKL really took: OFF is not reproducible; on processors that are not Intel's, AUTO is what it makes of
    /// every path but COMPATIBLE. Null where this libtorch has no MKL.
    /// </summary>
    /// <exception cref="LibTorchException">libtorch does not load.</exception>
    public static unsafe string? ReproduciblePath()
    {
        Load();
        if (Folder == null || !NativeLibrary.TryGetExport(NativeLibrary.Load(Path.Combine(Folder, Cpu)), "mkl_serv_cbwr_get", out var get))
            return null;
        const int everything = -1, strict = 0x10000;
        var setting = ((delegate* unmanaged<int, int>)get)(everything);
        // The numbers are mkl_types.h's MKL_CBWR_….
        var path = (setting & ~strict) switch
        {
            0 or 1 => "OFF",
            2 => "AUTO",
            3 => "COMPATIBLE",
            4 => "SSE2",
            6 => "SSSE3",
            7 => "SSE4_1",
            8 => "SSE4_2",
            9 => "AVX",
            10 => "AVX2",
            12 => "AVX512",
            14 => "AVX512_E1",
            var other => $"{other}",
        };
        return (setting & strict) == 0 ? path : path + ",STRICT";
    }

    /// <summary>The fastest path that this processor has.</summary>
    private static string FastestPath => Avx512F.IsSupported ? "AVX512" : Avx2.IsSupported ? "AVX2" : "COMPATIBLE";

    /// <summary>Where this program's native libraries lie: the first of .NET's places that has one of libtorch's.</summary>
    private static string? Folder =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? AppContext.BaseDirectory)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(folder => Required.Any(file => File.Exists(Path.Combine(folder, file))));

    private static LibTorchException? TryLoad()
    {
        if (!OperatingSystem.IsLinux()) return null; // TorchSharp's own search is all there is.
        if (Folder is not { } folder) return LibTorchException.Damaged("libtorch", "is not beside the program");
        if (Required.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file))) is { } missing)
            return LibTorchException.Damaged(Path.Combine(folder, missing), "is missing");
        try
        {
            foreach (var library in Directory.EnumerateFiles(folder, "*.so*"))
                if (SharedLibrary.Defect(library) is { } defect) return LibTorchException.Damaged(library, defect);
            NativeLibrary.Load(Path.Combine(folder, Binding));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new LibTorchException(
                $"A library of libtorch cannot be read: {error.Message}", "Make it readable for you, or build in a folder of your own.");
        }
        catch (DllNotFoundException error)
        {
            return LibTorchException.Explain(error.Message);
        }
    }

#pragma warning disable CA2255 // A module initialiser is what no user of this library can forget to call.
    [ModuleInitializer]
    internal static void Initialise() => MakeReproducible();
#pragma warning restore CA2255

    [DllImport("libc", CharSet = CharSet.Ansi, ExactSpelling = true)]
    private static extern int setenv(string name, string value, int overwrite);

    /// <summary>
    /// Tells from a shared library's own tables (ELF, System V ABI) whether this process could load it, without loading it.
    /// </summary>
    private static class SharedLibrary
    {
        private const int HeaderSize = 64, LoadSegment = 1;

        /// <returns>What is wrong, as in "FILE …"; null where nothing is.</returns>
        /// <exception cref="IOException">It cannot be read.</exception>
        public static string? Defect(string path)
        {
            using var file = File.OpenRead(path);
            var header = Read(file, 0, HeaderSize);
            if (header == null || !header.AsSpan().StartsWith("\u007fELF"u8))
                return "is not a shared library; it may be an incomplete download";
            // Byte 4 is the class (2: 64 bits), byte 5 the order of bytes (1: little-endian).
            if (header[4] != 2 || header[5] != 1 || Short(header, 18) != Machine)
                return $"is for another kind of processor (ELF machine {Short(header, 18)}); "
                    + $"this process is {RuntimeInformation.ProcessArchitecture}";
            return End(file, header) > file.Length
                ? $"was cut short: it has {file.Length:N0} bytes of at least {End(file, header):N0}"
                : null;
        }

        private static int Machine => RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 62,
            Architecture.Arm64 => 183,
            _ => 0,
        };

        /// <summary>The byte behind the last segment and behind the table of sections, which linkers write last.</summary>
        private static long End(FileStream file, byte[] header)
        {
            var (segments, sections) = (Long(header, 32), Long(header, 40));
            var (size, count) = (Short(header, 54), Short(header, 56));
            var end = Math.Max(segments + size * count, sections + Short(header, 58) * Short(header, 60));
            if (Read(file, segments, size * count) is { } table)
                for (var segment = 0; segment < table.Length; segment += size)
                    if (BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(segment)) == LoadSegment)
                        end = Math.Max(end, Long(table, segment + 8) + Long(table, segment + 32));
            return end;
        }

        private static byte[]? Read(FileStream file, long from, int count)
        {
            if (from < 0 || from + count > file.Length) return null;
            var bytes = new byte[count];
            file.Position = from;
            file.ReadExactly(bytes);
            return bytes;
        }

        private static int Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

        private static long Long(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
    }
}
