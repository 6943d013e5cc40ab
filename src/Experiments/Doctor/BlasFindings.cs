namespace W2S.Experiments;

/// <summary>The matrix library under libtorch, and what the environment does to it.</summary>
internal static class BlasFindings
{
    public static IEnumerable<Finding> Examine()
    {
        yield return Library();
        if (Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { Length: > 0 } core)
            yield return new Finding("OPENBLAS_CORETYPE", core,
                "The environment pins OpenBLAS to the kernels of one processor; with older ones, large matrix products take about twice as long.",
                "Unset OPENBLAS_CORETYPE, unless this processor is exactly that.");
        foreach (var name in new[] { "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } value) continue;
            yield return int.TryParse(value, out var threads) && threads > Environment.ProcessorCount
                ? new Finding(name, value, $"That is more than the {Environment.ProcessorCount} cores: threads that wait for each other's core are many times slower.", $"Unset it, or set it to {Environment.ProcessorCount} at most.")
                : new Finding(name, value);
        }
    }

    private static Finding Library()
    {
        if (LoadedLibraries.Find("libopenblas", "libmkl_rt", "libmkl_core", "libblis") is { } fast) return new Finding("BLAS", fast);
        var other = LoadedLibraries.Find("libblas");
        return other == null
            ? new Finding("BLAS", "none of its own; libtorch brings one, or none is loaded")
            : new Finding("BLAS", other,
                "This is the reference library: it computes matrix products one number at a time, many times slower than the processor can.",
                "Install a fast one, as in apt-get install libopenblas0-pthread; the system then uses it by itself.");
    }
}
