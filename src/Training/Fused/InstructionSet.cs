using System.Runtime.Intrinsics.X86;

namespace W2S.Training;

/// <summary>What the fused kernels compute with.</summary>
public enum InstructionSet
{
    /// <summary>One float at a time: any processor.</summary>
    Scalar,

    /// <summary>Eight floats at a time.</summary>
    Avx2,

    /// <summary>Sixteen floats at a time.</summary>
    Avx512,
}

/// <summary>Which instruction sets this processor and runtime have.</summary>
/// <remarks>The runtime hides AVX-512 under <c>DOTNET_EnableAVX512F=0</c>, and AVX2 as well under <c>DOTNET_EnableAVX2=0</c>.</remarks>
internal static class InstructionSets
{
    /// <summary>The widest that works here.</summary>
    public static InstructionSet Best =>
        IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512 :
        IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2 : InstructionSet.Scalar;

    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Avx512F.IsSupported && Avx512DQ.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };

    /// <summary>"AVX-512", "AVX2", "scalar".</summary>
    public static string Title(this InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => "AVX-512",
        InstructionSet.Avx2 => "AVX2",
        _ => "scalar",
    };
}
