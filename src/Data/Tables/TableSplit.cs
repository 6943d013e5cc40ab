namespace W2S.Data;

/// <summary>One division of a table's rows, by position from 0, ascending. Together the parts have every row once.</summary>
public sealed record TableSplit(int Seed, IReadOnlyList<int> Train, IReadOnlyList<int> Valid, IReadOnlyList<int> Test);
