using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>libtorch, by TorchSharp's names: the part of it that W2S uses, over the libtorch that is on the machine.</summary>
public static partial class torch
{
    /// <summary>The version of libtorch.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Native.torch_version())!;

    /// <summary>Threads inside one operator, of libtorch and of its BLAS alike.</summary>
    public static void set_num_threads(int num) => Native.Check((nint)Native.torch_set_threads(num), "set_num_threads failed");

    public static int get_num_threads() => (int)Native.torch_threads();
}
