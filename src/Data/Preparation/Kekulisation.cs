using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>Molecules in MolBERT's form, without aromatic atoms, by RDKit in a Python of its own: about 7,000 a second.</summary>
internal static class Kekulisation
{
    // prepare.py has the one definition of the form; a line that starts with ! says why there is none.
    private const string Program = PythonProcess.Detached + """
        import sys
        sys.path.insert(0, sys.argv[1])
        from prepare import NO_KEKULE, molecule_of, standardised
        for line in sys.stdin:
            try:
                kekulised = standardised(line.strip())
                if molecule_of(line.strip()) is None:
                    raise ValueError(NO_KEKULE)
                print(kekulised)
            except ValueError as error:
                print("!" + str(error))
        """;

    // Several encoders read the same table, one after another.
    private static readonly ConditionalWeakTable<MoleculeData, IReadOnlyList<(string?, string?)>> Known = [];

    /// <summary>The table's molecules in its order, written with their atoms in the same order.</summary>
    /// <param name="ask">Called several times a second; what it throws stops the work.</param>
    /// <exception cref="UserErrorException">RDKit is not here, or cannot read some molecules: they are named together.</exception>
    public static IReadOnlyList<string> Of(MoleculeData table, Action? ask = null)
    {
        var forms = Try(table, ask);
        var problems = forms.Index()
            .Where(form => form.Item.Text == null).Select(form => $"{table.Place(form.Index)}: {form.Item.Problem}").ToList();
        if (problems.Count == 0) return [.. forms.Select(form => form.Text!)];
        throw new UserErrorException(
            $"{table.Source} has {problems.Count} of {Counted.Of(table.Count, "molecule")} that RDKit cannot write without aromatic "
            + $"atoms:\n  {Counted.FirstOf(problems, "\n  ")}\nCorrect them, or use an encoder with the tokenizer smiles.");
    }

    /// <summary>The same, where a molecule without such a form has the reason instead: "'C1CC' is not readable as SMILES".</summary>
    /// <exception cref="UserErrorException">RDKit is not here.</exception>
    public static IReadOnlyList<(string? Text, string? Problem)> Try(MoleculeData table, Action? ask = null) =>
        Known.GetValue(table, one => Computed(one, ask));

    private static IReadOnlyList<(string?, string?)> Computed(MoleculeData table, Action? ask)
    {
        // What is no SMILES by its characters RDKit would cut short without a word.
        int[] sound = [.. Enumerable.Range(0, table.Count).Where(row => MoleculeData.Problem(table.Smiles[row]) == null)];
        var forms = table.Smiles.Select(smiles => ((string?)null, MoleculeData.Problem(smiles))).ToArray();
        var written = Run(PythonProcess.RequireRDKit(withDescriptors: false, ask), [.. sound.Select(row => table.Smiles[row])], ask);
        foreach (var (place, row) in sound.Index())
            forms[row] = written[place].StartsWith('!') ? (null, $"'{table.Smiles[row]}' {written[place][1..]}") : (written[place], null);
        return forms;
    }

    private static List<string> Run(string python, IReadOnlyList<string> smiles, Action? ask)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-kekulisation-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "prepare.py"), PreparedCorpus.Program());
            var lines = new List<string>();
            var start = new ProcessStartInfo(python, ["-B", "-c", Program, folder.FullName]);
            var (exitCode, error) = PythonProcess.Run(start, smiles, lines.Add, ask);
            return exitCode == 0 && lines.Count == smiles.Count
                ? lines
                : throw new IOException($"Writing molecules without aromatic atoms failed in Python: {error}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
