namespace W2S.Data;

/// <summary>What to prepare. The same job has the same fingerprint, so that an interrupted one is continued.</summary>
/// <param name="Corpora">CSV files, plain or gzipped, with a column smiles.</param>
/// <param name="Exclude">Files of the same kind whose molecules are left out, compared by RDKit's canonical form.</param>
/// <param name="Renumberings">How many random orders of its atoms each molecule is written in besides.</param>
/// <param name="Distributions">physchem_distributions.json, for descriptors; null for none.</param>
/// <param name="Limit">A random choice of so many different strings; null for all.</param>
/// <param name="Seed">Of the choice and of the renumberings.</param>
internal sealed record PreparationJob(IReadOnlyList<string> Corpora, IReadOnlyList<string> Exclude, int Renumberings, string? Distributions, int? Limit, long Seed);
