namespace W2S.Experiments;

/// <summary>What the environment does to libtorch's threads.</summary>
internal static class ThreadFindings
{
    public static IEnumerable<Finding> Examine()
    {
        foreach (var name in new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } value) continue;
            yield return int.TryParse(value, out var threads) && threads > Environment.ProcessorCount
                ? new Finding(name, value, $"That is more than the {Environment.ProcessorCount} cores: threads that wait for each other's core are many times slower.", $"Unset it, or set it to {Environment.ProcessorCount} at most.")
                : new Finding(name, value);
        }
    }
}
