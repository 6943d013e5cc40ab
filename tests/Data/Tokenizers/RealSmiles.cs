using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace W2S.Data.Tests;

/// <summary>The SMILES of all real files at hand: W2S_DATA, or `shared/data` beside the repository.</summary>
internal static class RealSmiles
{
    public static readonly string[] Files =
    [
        "moleculenet/ESOL.csv", "moleculenet/FreeSolv.csv", "moleculenet/Lipop.csv",
        "smiles/guacamol_v1_valid.csv.gz", "smiles/chembl_reinvent_validation.csv.gz",
        "smiles/chembl22_bioactive_curated.csv.gz", "smiles/chembl22_bioactive_unique.csv.gz",
    ];

    /// <summary>The first column of a file, without its header. Skips the test where the file is absent.</summary>
    public static IEnumerable<string> Of(string file)
    {
        var folder = Environment.GetEnvironmentVariable("W2S_DATA") is { Length: > 0 } given ? given : Path.Combine(RepositoryRoot(), "..", "shared", "data");
        var path = Path.Combine(folder, file);
        Skip.IfNot(File.Exists(path), $"There is no {path}.");
        return Lines(path).Skip(1).Select(line => line.Split(',')[0]);
    }

    /// <summary>
    /// The same text with small atoms made capital: the symbols are those of a kekulised SMILES, which has double bonds
    /// besides. (Two-letter aromatic atoms stay: MolBERT has se; te and as it refuses either way.)
    /// </summary>
    public static string WithoutAromaticAtoms(string smiles)
    {
        var text = smiles.ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            var rest = smiles.AsSpan(i);
            if (rest.StartsWith("Zn") || rest.StartsWith("As") || rest.StartsWith("se")) i++;
            else if ("bcnops".Contains(text[i])) text[i] = char.ToUpperInvariant(text[i]);
        }
        return new string(text);
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz") ? new GZipStream(file, CompressionMode.Decompress) : file);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
