namespace W2S.Data;

/// <summary>The input distribution P = N(0, σ² I) of the synthetic study (2405.15116, section 5.1: σ = 500 in R⁸).</summary>
public static class GaussianInputs
{
    /// <summary>Draws [tasks, samples, width]; task t comes from the stream (seed, name, t), so fewer tasks are a prefix of more.</summary>
    /// <param name="sigma">Standard deviation of every coordinate.</param>
    /// <param name="first">The number of the first task.</param>
    public static TaskSamples Draw(long seed, string name, int tasks, int samples, int width, double sigma, int first = 0)
    {
        var drawn = new TaskSamples(tasks, samples, width);
        for (var task = 0; task < tasks; task++)
        {
            var stream = new RandomStream(seed, name, first + task);
            foreach (ref var value in drawn.Task(task)) value = (float)(sigma * stream.NextNormal());
        }
        return drawn;
    }
}
