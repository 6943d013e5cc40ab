namespace W2S.Data;

/// <summary>A table whose rows are texts: essays, reviews, anything that a text encoder reads.</summary>
public interface ITextTable : ILabelledTable
{
    /// <summary>[rows], in the table's order.</summary>
    IReadOnlyList<string> Texts { get; }
}
