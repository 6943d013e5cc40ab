namespace W2S.Data;

/// <summary>
/// Labels or predictions of a block of cells, [cells, samples, outputs], row-major float64: what engines compute in float32
/// is kept exactly, and closed forms lose nothing.
/// </summary>
public sealed class Targets
{
    /// <exception cref="ArgumentException">The array's length is not cells × samples × outputs.</exception>
    public Targets(int cells, int samples, int outputs, double[] values)
    {
        if (values.LongLength != (long)cells * samples * outputs)
            throw new ArgumentException(
                $"{values.LongLength} values cannot have the shape [{cells}, {samples}, {outputs}].", nameof(values));
        (Cells, Samples, Outputs, Values) = (cells, samples, outputs, values);
    }

    public Targets(int cells, int samples, int outputs) : this(cells, samples, outputs, new double[checked(cells * samples * outputs)]) { }

    /// <summary>Tasks, or splits of a table.</summary>
    public int Cells { get; }

    /// <summary>Of each cell.</summary>
    public int Samples { get; }

    /// <summary>Numbers of a label.</summary>
    public int Outputs { get; }

    /// <summary>[cells, samples, outputs], row-major.</summary>
    public double[] Values { get; }

    /// <summary>[samples, outputs] of one cell.</summary>
    public Span<double> Cell(int cell) => Values.AsSpan(cell * Samples * Outputs, Samples * Outputs);

    /// <summary>The same numbers, widened to float64.</summary>
    public static Targets Of(TaskSamples samples) =>
        new(samples.Tasks, samples.Samples, samples.Width, Array.ConvertAll(samples.Values, value => (double)value));

    /// <summary>Rounded to float32, as engines take them.</summary>
    public TaskSamples ToSamples() => new(Cells, Samples, Outputs, Array.ConvertAll(Values, value => (float)value));

    /// <summary>Every cell's samples so many times, one after another: the labels of several draws of the same examples.</summary>
    public Targets Repeated(int times)
    {
        if (times == 1) return this;
        var repeated = new Targets(Cells, checked(Samples * times), Outputs);
        for (var cell = 0; cell < Cells; cell++)
            for (var time = 0; time < times; time++)
                Cell(cell).CopyTo(repeated.Cell(cell)[(time * Samples * Outputs)..]);
        return repeated;
    }
}
