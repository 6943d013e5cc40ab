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

    /// <summary>The rows of a table that are each cell's; of several draws of features, those of one draw after another.</summary>
    /// <param name="draws">At least one, all of one width.</param>
    /// <param name="order">For each row of the table its place in the features; null: they have the table's order.</param>
    internal sealed class Taken(string name, IReadOnlyList<TableFeatures> draws, Examples.OfTable examples, int[]? order = null)
        : FeatureRows(examples.Cells, checked(examples.Count * draws.Count), draws[0].Width)
    {
        // What is in memory within a moment may as well stay there. By size and not by where they are, for closed forms sum blocks in
        // another order than a whole, and the same study has the same bits wherever its features are kept.
        private const int Small = 1 << 20;

        public override string Name => name;

        public override bool AreElsewhere => (long)Tasks * Samples * Width > Small;

        /// <summary>Whether these are of the same rows of the same table.</summary>
        public bool AreOf(Examples.OfTable others) => ReferenceEquals(others.Table, examples.Table) && others.Cells == examples.Cells
            && others.Rows
                .Zip(examples.Rows).All(pair => ReferenceEquals(pair.First, pair.Second) || pair.First.SequenceEqual(pair.Second));

        /// <summary>Rows that follow one another are read together.</summary>
        public override void Read(int cell, int first, Span<float> rows)
        {
            var taken = examples.Rows[cell];
            var count = rows.Length / Width;
            for (int done = 0, run; done < count; done += run)
            {
                var (draw, begin) = Math.DivRem(first + done, examples.Count);
                var (start, most) = (Place(taken[begin]), Math.Min(count - done, examples.Count - begin));
                for (run = 1; run < most && Place(taken[begin + run]) == start + run; run++) { }
                draws[draw].Read(start, rows.Slice(done * Width, run * Width));
            }

            int Place(int row) => order?[row] ?? row;
        }
    }
}
