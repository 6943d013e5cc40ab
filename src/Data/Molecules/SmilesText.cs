using System.Text.RegularExpressions;

namespace W2S.Data;

/// <summary>What can be said of a SMILES by its characters alone, before anything reads it as a molecule.</summary>
internal static partial class SmilesText
{
    /// <summary>
    /// Why a text is no SMILES: it is empty, or has a character that is not printable ASCII, or a blank. RDKit stops at such a
    /// character and returns the molecule before it, without an error; so nothing else may be passed on to it.
    /// </summary>
    /// <returns>As the end of a sentence that begins with the place: "the SMILES …"; null where nothing is wrong.</returns>
    public static string? Problem(string smiles)
    {
        if (smiles.Length == 0) return "the SMILES is empty";
        var place = smiles.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (place < 0) return null;
        var what = smiles[place] is ' ' or '\t' ? "a blank" : $"U+{(int)smiles[place]:X4}, which is not ASCII,";
        return $"the SMILES '{smiles}' has {what} at character {place + 1}";
    }

    /// <summary>Atoms that are written: in brackets or not, hydrogens only in brackets.</summary>
    public static int Atoms(string smiles) => Atom().Count(smiles);

    [GeneratedRegex(@"\[[^\]]*\]|Br|Cl|[BCNOPSFIbcnops*]", RegexOptions.CultureInvariant)]
    private static partial Regex Atom();
}
