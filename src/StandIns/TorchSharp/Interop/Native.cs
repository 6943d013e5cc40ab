using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The exports of Native/dispatch.cpp, and how they are found: libtorch is loaded at the first call, not before.</summary>
internal static unsafe class Native
{
    private const string Library = "TorchDispatch";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    [DllImport(Library)] internal static extern byte* torch_failure();
    [DllImport(Library)] internal static extern nint torch_operator(string name, string overload);
    [DllImport(Library)] internal static extern long torch_call(nint op, long* words, long count, long** output);
    [DllImport(Library)] internal static extern void torch_release(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_dimensions(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long* torch_sizes(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long* torch_strides(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_dtype(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_device_type(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_device_index(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_is_contiguous(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long torch_requires_grad(nint tensor);
    [DllImport(Library)] internal static extern nint torch_data(nint tensor);
    [DllImport(Library)] internal static extern long torch_is_leaf(nint tensor);
    [DllImport(Library)] internal static extern nint torch_grad(nint tensor);
    [DllImport(Library)] internal static extern long torch_set_grad(nint tensor, nint gradient);
    [DllImport(Library)] internal static extern long torch_backward(nint* roots, long count, nint* gradients, byte retain, byte create, nint* inputs, long inputCount);
    [DllImport(Library)] internal static extern long torch_gradients(nint* roots, long count, nint* gradients, byte retain, byte create, nint* inputs, long inputCount, byte allowUnused, long** output);
    [DllImport(Library)] internal static extern long torch_is_grad_enabled();
    [DllImport(Library)] internal static extern void torch_set_grad_enabled(byte enabled);
    [DllImport(Library)] internal static extern long torch_manual_seed(ulong seed);
    [DllImport(Library)] internal static extern nint torch_generator_new(ulong seed);
    [DllImport(Library)] internal static extern nint torch_generator_default();
    [DllImport(Library)] internal static extern void torch_generator_release(nint generator);
    [DllImport(Library)] internal static extern long torch_generator_seed(nint generator);
    [DllImport(Library)] internal static extern long torch_generator_manual_seed(nint generator, ulong seed);
    [DllImport(Library)] internal static extern nint torch_generator_state(nint generator);
    [DllImport(Library)] internal static extern long torch_generator_set_state(nint generator, nint state);
    [DllImport(Library)] internal static extern long torch_set_threads(int threads);
    [DllImport(Library)] internal static extern long torch_threads();
    [DllImport(Library)] internal static extern long torch_cuda_devices();
    [DllImport(Library)] internal static extern long torch_cuda_synchronize(long device);
    [DllImport(Library)] internal static extern byte* torch_version();

    /// <summary>Passes a result through, or throws what the native side left as its message.</summary>
    internal static nint Check(nint result, string what) => result != -1 ? result : throw Failure(what);

    internal static ExternalException Failure(string what) => new($"{what}: {Marshal.PtrToStringUTF8((nint)torch_failure())}");

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        var file = Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException missing)
        {
            throw new DllNotFoundException(
                $"libtorch cannot be loaded. The program looked for {file}, which its build links to the libtorch found then; the loader says: {missing.Message.Trim().Split('\n')[^1]}. " +
                "Remedy: install libtorch again (Debian: apt install libtorch-dev; or set LIBTORCH to the torch folder of an installed PyTorch) and rebuild.");
        }
    }
}
