using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>Molecules in MolBERT's form, without aromatic atoms, by RDKit in a Python of its own: about 7,000 a second.</summary>
public static class Kekulisation
{
    private const int ShownProblems = 5;

    // prepare.py has the one definition of the form; a line that starts with ! says why there is none.
    private const string Program = """
        import sys
        sys.path.insert(0, sys.argv[1])
        from prepare import Chem, NO_KEKULE, standardised
        for line in sys.stdin:
            try:
                kekulised = standardised(line.strip())
                if Chem.MolFromSmiles(line.strip()) is None:
                    raise ValueError(NO_KEKULE)
                print(kekulised)
            except ValueError as error:
                print("!" + str(error))
        """;

    // Several encoders read the same table, one after another.
    private static readonly ConditionalWeakTable<MoleculeTable, IReadOnlyList<string>> Known = [];

    /// <summary>The table's molecules in its order, written with their atoms in the same order.</summary>
    /// <exception cref="UserErrorException">RDKit is not here, or cannot read some molecules: they are named together.</exception>
    public static IReadOnlyList<string> Of(MoleculeTable table) => Known.GetValue(table, Computed);

    private static IReadOnlyList<string> Computed(MoleculeTable table)
    {
        var kekulised = Run(RDKitPython.Require(withDescriptors: false), table.Smiles);
        var problems = Enumerable.Range(0, table.Count).Where(row => kekulised[row].StartsWith('!'))
            .Select(row => $"row {row}: '{table.Smiles[row]}' {(kekulised[row][1..])}").ToList();
        if (problems.Count == 0) return kekulised;
        var more = problems.Count > ShownProblems ? $"\n  and {problems.Count - ShownProblems} more" : "";
        throw new UserErrorException(
            $"{table.Source} has {problems.Count} of {table.Count} molecules that RDKit cannot write without aromatic atoms (rows are counted from 0 after the header):\n  "
            + $"{string.Join("\n  ", problems.Take(ShownProblems))}{more}\nCorrect them, or use an encoder with the tokenizer smiles.");
    }

    private static string[] Run(string python, IReadOnlyList<string> smiles)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-kekulisation-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "prepare.py"), CorpusPreparation.Program());
            using var process = Process.Start(new ProcessStartInfo(python, ["-B", "-c", Program, folder.FullName])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            // A process that failed reads no more; its error says more than the broken pipe.
            try
            {
                foreach (var one in smiles) process.StandardInput.Write(one + "\n");
                process.StandardInput.Close();
            }
            catch (IOException)
            {
            }
            process.WaitForExit();
            var lines = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return process.ExitCode == 0 && lines.Length == smiles.Count
                ? lines
                : throw new IOException($"Writing molecules without aromatic atoms failed in Python: {errors.Result.Trim().Split('\n')[^1]}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
