namespace W2S.Experiments;

/// <summary>What models say about every molecule of a set, their heads being those of one split. Null: there is no such model.</summary>
public sealed record SplitPredictions(int Split, double[]? Weak = null, double[]? Student = null, double[]? Strong = null);
