namespace W2S.Experiments;

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Name">What: "libtorch".</param>
/// <param name="Value">What was found.</param>
/// <param name="Problem">What is wrong with it; null where nothing is.</param>
/// <param name="Remedy">What to do about the problem.</param>
internal sealed record Finding(string Name, string Value, string? Problem = null, string? Remedy = null);
