namespace W2S.Data.Tests;

/// <summary>MolBERT's encoding as its authors describe it, step by step: no forbidden substring, replace, split.</summary>
internal static class LiteralMolbert
{
    private static readonly (string Symbol, char Private)[] Replacements = [("Br", 'β'), ("Cl", 'χ'), ("Se", 'σ'), ("Si", 'π'), ("@@", 'α'), ("se", 'Σ')];

    private static readonly string Tokens = "    FHIBCNOPSβχπσΣα0123456789=@#%/\\()+-.[]";

    /// <summary>The ids, or null where the molecule is invalid.</summary>
    public static int[]? Encode(string smiles)
    {
        if (smiles.AsSpan().ContainsAny(MolbertForbidden.Search)) return null;
        if (smiles.Any(character => character == ' ' || Replacements.Any(replacement => replacement.Private == character))) return null;
        foreach (var (symbol, character) in Replacements) smiles = smiles.Replace(symbol, character.ToString(), StringComparison.Ordinal);
        var ids = smiles.Select(character => Tokens.IndexOf(character)).ToArray();
        return ids.Contains(-1) ? null : [.. ids];
    }
}
