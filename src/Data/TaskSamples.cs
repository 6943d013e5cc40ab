namespace W2S.Data;

/// <summary>
/// One array of shape [tasks, samples, width], row-major float32: the inputs, features (width = representation width)
/// or labels (width 1) of all tasks of a stage. Every task has samples of its own.
/// </summary>
public sealed class TaskSamples
{
    /// <exception cref="ArgumentException">The array's length is not tasks × samples × width.</exception>
    public TaskSamples(int tasks, int samples, int width, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (values.LongLength != (long)tasks * samples * width)
            throw new ArgumentException($"{values.LongLength} values cannot have the shape [{tasks}, {samples}, {width}].", nameof(values));
        (Tasks, Samples, Width, Values) = (tasks, samples, width, values);
    }

    public TaskSamples(int tasks, int samples, int width) : this(tasks, samples, width, new float[checked(tasks * samples * width)]) { }

    /// <summary>
    /// Inputs from N(0, σ² I), the distribution of the synthetic study (2405.15116, section 5.1: σ = 500 in R⁸). Task t comes from the
    /// stream (seed, name, t), so fewer tasks are a prefix of more.
    /// </summary>
    /// <param name="sigma">Standard deviation of every coordinate.</param>
    /// <param name="first">The number of the first task.</param>
    public static TaskSamples Gaussian(long seed, string name, int tasks, int samples, int width, double sigma, int first = 0)
    {
        var drawn = new TaskSamples(tasks, samples, width);
        for (var task = 0; task < tasks; task++)
        {
            var stream = new RandomStream(seed, name, first + task);
            foreach (ref var value in drawn.Task(task)) value = (float)(sigma * stream.NextNormal());
        }
        return drawn;
    }

    /// <summary>Tasks, or other cells.</summary>
    public int Tasks { get; }

    /// <summary>Of each task.</summary>
    public int Samples { get; }

    /// <summary>Numbers of a sample.</summary>
    public int Width { get; }

    /// <summary>[tasks, samples, width], row-major.</summary>
    public float[] Values { get; }

    /// <summary>All samples of one task: [samples, width].</summary>
    public Span<float> Task(int task) => Values.AsSpan(task * Samples * Width, Samples * Width);
}
