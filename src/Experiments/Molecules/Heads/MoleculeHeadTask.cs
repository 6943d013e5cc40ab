namespace W2S.Experiments;

/// <summary>One head to fit.</summary>
/// <param name="Name">"lipop split 122, weak-32, weak": names the random streams, so that a head does not depend on what is fitted beside it.</param>
/// <param name="Labels">One for each molecule of the table, in the labels' own unit; only those of <paramref name="Rows"/> are looked at.</param>
/// <param name="Rows">The molecules to fit on, by their position in the table.</param>
public sealed record MoleculeHeadTask(string Name, MoleculeFeatures Features, IReadOnlyList<double> Labels, IReadOnlyList<int> Rows);
