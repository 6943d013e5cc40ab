using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace W2S.Models;

/// <summary>What must be so in the process before libtorch computes anything.</summary>
public static class LibTorch
{
    /// <summary>The variable by which MKL, libtorch's matrix library, is told to compute in a reproducible way.</summary>
    public const string ReproducibilityVariable = "MKL_CBWR";

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
        if (!OperatingSystem.IsWindows()) _ = setenv(ReproducibilityVariable, CodePath, overwrite: 0);
    }

    /// <summary>The fastest path that this processor has.</summary>
    private static string CodePath => Avx512F.IsSupported ? "AVX512" : Avx2.IsSupported ? "AVX2" : "COMPATIBLE";

#pragma warning disable CA2255 // A module initialiser is what no user of this library can forget to call.
    [ModuleInitializer]
    internal static void Initialise() => MakeReproducible();
#pragma warning restore CA2255

    [DllImport("libc", CharSet = CharSet.Ansi, ExactSpelling = true)]
    private static extern int setenv(string name, string value, int overwrite);
}
