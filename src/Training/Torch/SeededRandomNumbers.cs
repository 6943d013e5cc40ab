using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Libtorch's random numbers for one computation at a time: there is one generator in a process, so whoever draws from it by
/// a seed (dropout) holds this meanwhile, and others wait.
/// </summary>
internal sealed class SeededRandomNumbers : IDisposable
{
    private static readonly object Generator = new();

    /// <summary>
    /// Takes the generator and seeds it as a function of (seed, stream, index); disposing gives it back, on the same thread.
    /// </summary>
    public SeededRandomNumbers(long seed, string stream, long index = 0)
    {
        Monitor.Enter(Generator);
        manual_seed((long)(new RandomStream(seed, stream, index).NextUInt64() >> 1));
    }

    /// <summary>Takes the generator and gives it this seed.</summary>
    public SeededRandomNumbers(long seed)
    {
        Monitor.Enter(Generator);
        manual_seed(seed);
    }

    public void Dispose() => Monitor.Exit(Generator);
}
