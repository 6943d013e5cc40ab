namespace W2S.Experiments;

/// <summary>As many examples for each cell of a block.</summary>
/// <param name="First">The block's first cell, by its place among the data set's.</param>
/// <param name="Count">Of one cell.</param>
public abstract record Examples(int First, int Cells, int Count)
{
    /// <summary>Inputs of networks, [cells, count, width].</summary>
    /// <param name="Name">Of the random stream that they come from.</param>
    public sealed record OfInputs(string Name, int First, TaskSamples Inputs) : Examples(First, Inputs.Tasks, Inputs.Samples);

    /// <summary>Rows of a table, as many for each cell.</summary>
    public sealed record OfTable(
        int First, ILabelledTable Table, IReadOnlyList<IReadOnlyList<int>> Rows) : Examples(First, Rows.Count, Rows[0].Count);
}
