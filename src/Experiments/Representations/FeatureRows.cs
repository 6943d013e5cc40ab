namespace W2S.Experiments;

/// <summary>
/// Features of the examples of a block of cells, [cells, samples, width], of which rows are read when they are wanted: all of
/// them in memory, or in a file that is larger than that.
/// </summary>
public abstract class FeatureRows(int tasks, int samples, int width)
{
    private readonly Lazy<PrincipalDirections>?[] _directions = new Lazy<PrincipalDirections>?[tasks];
    private TaskSamples? _all;

    /// <summary>Cells.</summary>
    public int Tasks => tasks;

    /// <summary>Of one cell.</summary>
    public int Samples => samples;

    /// <summary>Features of a row.</summary>
    public int Width => width;

    /// <summary>For progress and messages.</summary>
    public virtual string Name => "features";

    /// <summary>Whether reading some rows does not mean holding all.</summary>
    public virtual bool AreElsewhere => false;

    /// <summary>Reads a cell's rows first .. first + n − 1, [n, width].</summary>
    public abstract void Read(int cell, int first, Span<float> rows);

    /// <summary>All samples of one cell: [samples, width].</summary>
    public Span<float> Task(int cell)
    {
        if (!AreElsewhere) return ToSamples().Task(cell);
        var rows = new float[checked(Samples * Width)];
        Read(cell, 0, rows);
        return rows;
    }

    /// <summary>All of them in memory; kept there if they are few.</summary>
    public virtual TaskSamples ToSamples()
    {
        if (_all != null) return _all;
        var all = new TaskSamples(Tasks, Samples, Width);
        for (var cell = 0; cell < Tasks; cell++) Read(cell, 0, all.Task(cell));
        if (!AreElsewhere) _all = all;
        return all;
    }

    /// <summary>A cell's means and products: what is costly in closed forms, for any labels.</summary>
    /// <param name="threads">Cores to use; results do not depend on it.</param>
    /// <param name="title">For progress and messages.</param>
    /// <exception cref="UserErrorException">A feature is no finite number.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    internal FeatureMoments Moments(int cell, int threads, RunServices run, string title)
    {
        using var progress = AreElsewhere ? run.Progress.Begin(title, "rows", Samples) : null;
        var moments = FeatureMoments.Of(Samples, Width, (first, rows) => Read(cell, first, rows), threads, done =>
        {
            run.Stop.ThrowIfSet();
            progress?.Report(done);
        });
        return double.IsFinite(moments.Means.Sum() + moments.RawMagnitudes.Sum())
            ? moments
            : throw new UserErrorException($"{title}: a feature is no finite number, and no head can be fitted on it.");
    }

    /// <summary>A cell's principal directions, found once for all labels that are fitted on these features.</summary>
    /// <param name="keep">Whether anybody else will ask: they are width × width numbers.</param>
    /// <inheritdoc cref="Moments"/>
    internal PrincipalDirections Directions(int cell, int threads, RunServices run, string title, bool keep)
    {
        return keep ? Once(ref _directions[cell], Find) : Find();

        PrincipalDirections Find() => new(this, cell, Moments(cell, threads, run, title));
    }

    private static T Once<T>(ref Lazy<T>? place, Func<T> compute)
    {
        var ours = new Lazy<T>(compute);
        var shared = Interlocked.CompareExchange(ref place, ours, null) ?? ours;
        try
        {
            return shared.Value;
        }
        catch
        {
            // A Lazy would throw this for ever, and whoever stopped it may ask again.
            Interlocked.CompareExchange(ref place, null, shared);
            throw;
        }
    }

    public static implicit operator FeatureRows(TaskSamples samples) => new Kept(samples);

    private sealed class Kept(TaskSamples samples) : FeatureRows(samples.Tasks, samples.Samples, samples.Width)
    {
        public override void Read(int cell, int first, Span<float> rows) =>
            samples.Task(cell).Slice(first * Width, rows.Length).CopyTo(rows);

        public override TaskSamples ToSamples() => samples;
    }
}
