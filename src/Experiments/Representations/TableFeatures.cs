namespace W2S.Experiments;

/// <summary>Features of all rows of a table, of which rows are read when they are wanted: from memory, or from a file.</summary>
/// <param name="Read">Rows first .. first + n − 1 into [n, width]; several threads may ask at once.</param>
internal sealed record TableFeatures(int Rows, int Width, FeatureMoments.RowReader Read)
{
    /// <param name="values">[rows, width], row-major.</param>
    public static TableFeatures InMemory(float[] values, int width) =>
        new(values.Length / width, width, (first, rows) => values.AsSpan(first * width, rows.Length).CopyTo(rows));

    /// <summary>[rows, width], row-major.</summary>
    public float[] ToArray()
    {
        var values = new float[checked(Rows * Width)];
        Read(0, values);
        return values;
    }
}
