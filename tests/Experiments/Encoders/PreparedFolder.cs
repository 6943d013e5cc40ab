using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace W2S.Experiments;

/// <summary>A prepared corpus as `data prepare` writes it, without RDKit.</summary>
internal static class PreparedFolder
{
    /// <param name="molecules">SMILES, its kekulised form and its renumbered ones, of each molecule.</param>
    /// <param name="descriptors">[molecules, width], row-major; null: none.</param>
    public static void Write(string folder, IReadOnlyList<string[]> molecules, float[]? descriptors = null)
    {
        Directory.CreateDirectory(folder);
        var renumberings = molecules[0].Length - 2;
        var width = descriptors == null ? 0 : descriptors.Length / molecules.Count;
        var header = string.Concat(Enumerable.Range(1, renumberings).Select(turn => $",renumbered_{turn}"));
        var sums = new Dictionary<string, string>();
        Add("molecules.csv", Encoding.UTF8.GetBytes($"smiles,kekulised{header}\n{string.Concat(molecules.Select(row => string.Join(',', row) + "\n"))}"));
        if (descriptors != null)
        {
            var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({molecules.Count}, {width}), }}";
            text = text.PadRight(117) + "\n";
            Add("descriptors.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text), .. MemoryMarshal.AsBytes(descriptors.AsSpan())]);
        }
        File.WriteAllText(Path.Combine(folder, "corpus.json"), JsonSerializer.Serialize(new
        {
            molecules = molecules.Count, renumberings, sources = Array.Empty<string>(), excluded = Array.Empty<string>(), limit = (int?)null, seed = 0,
            skipped = new Dictionary<string, int>(), rdkit = "", descriptors = Enumerable.Range(0, width).Select(column => $"descriptor {column}"),
            missing_descriptors = Array.Empty<string>(), failed_descriptors = new Dictionary<string, int>(), sha256 = sums,
        }));

        void Add(string name, byte[] bytes)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
            sums[name] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        }
    }
}
