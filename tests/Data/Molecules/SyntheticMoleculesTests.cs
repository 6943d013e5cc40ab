using System.Diagnostics;
using System.Text.RegularExpressions;

namespace W2S.Data.Tests;

public class SyntheticMoleculesTests
{
    private static readonly IReadOnlyList<SyntheticMolecules.Molecule> Molecules = SyntheticMolecules.Generate(500, 0);

    [Fact]
    public void They_are_a_function_of_the_seed_and_a_longer_list_begins_with_the_shorter()
    {
        Assert.Equal(Molecules.Take(50), SyntheticMolecules.Generate(50, 0));
        Assert.NotEqual(Molecules.Take(50), SyntheticMolecules.Generate(50, 1));
    }

    [Theory]
    [InlineData("[cnos]1", 100)] // aromatic rings
    [InlineData("[A-Z]1", 50)] // other rings
    [InlineData(@"\(", 200)] // branches
    [InlineData(@"\+\]", 20)]
    [InlineData(@"-\]", 20)]
    [InlineData(@"\[C@@?H\]", 50)]
    [InlineData("#", 5)]
    [InlineData(@"\[nH\]", 5)]
    [InlineData("2", 50)] // two rings open at once, or fused
    public void They_are_varied(string pattern, int atLeast) =>
        Assert.InRange(Molecules.Count(molecule => Regex.IsMatch(molecule.Aromatic, pattern)), atLeast, Molecules.Count);

    [Fact]
    public void The_kekulised_form_has_no_aromatic_atom_and_both_have_the_same_heavy_atoms()
    {
        Assert.All(Molecules, molecule =>
        {
            Assert.DoesNotMatch("[a-z]", Regex.Replace(molecule.Kekulised, "Cl|Br", ""));
            Assert.Equal(HeavyAtoms(molecule.Kekulised), HeavyAtoms(molecule.Aromatic));
        });
        Assert.InRange(Molecules.Max(molecule => molecule.Kekulised.Length), 60, 120);

        static string HeavyAtoms(string smiles) => string.Concat(Regex.Matches(smiles, "Cl|Br|[A-GI-Za-z]").Select(match => match.Value.ToUpperInvariant()));
    }

    [Fact]
    public void The_property_follows_from_the_atoms_and_rings_of_the_written_form()
    {
        foreach (var molecule in Molecules)
        {
            var atoms = Regex.Matches(molecule.Aromatic, @"\[[^\]]+\]|Cl|Br|[A-Za-z]").Select(match => match.Value).ToArray();
            var rings = Regex.Matches(Regex.Replace(molecule.Kekulised, @"\[[^\]]+\]", "C"), @"%\d\d|\d").Count / 2;
            var expected = -0.4 * Math.Sqrt(rings) + atoms.Sum(atom => (atom.Contains('+') || atom.Contains("-]") ? -1.2 : 0) + Symbol(atom) switch
            {
                "C" => 0.3,
                "N" or "O" => -0.7,
                var symbol when char.IsLower(symbol[0]) => 0.2,
                _ => 0.5,
            });
            Assert.Equal(expected, molecule.Property, 1e-9);
        }

        static string Symbol(string atom) => Regex.Match(atom, "Cl|Br|[A-Za-z]").Value;
    }

    /// <summary>An independent judge: RDKit reads both forms, and as the same molecule.</summary>
    [SkippableFact]
    public void RDKit_reads_both_forms_as_the_same_molecule()
    {
        const string Program = """
            import sys
            from rdkit import Chem, RDLogger
            RDLogger.DisableLog('rdApp.*')
            bad = 0
            for line in sys.stdin:
                one, other = [Chem.MolFromSmiles(text) for text in line.split()]
                same = one is not None and other is not None and Chem.MolToSmiles(one) == Chem.MolToSmiles(other)
                if not same: bad += 1; print(line.strip())
            print('bad', bad)
            """;
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Program]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Skip.IfNot(File.Exists(start.FileName), "There is no /usr/bin/python3.");
        using var python = Process.Start(start)!;
        _ = python.StandardError.ReadToEndAsync();
        try
        {
            foreach (var molecule in Molecules) python.StandardInput.WriteLine($"{molecule.Aromatic} {molecule.Kekulised}");
            python.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: RDKit is not there.
        }
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Skip.If(python.ExitCode != 0, "python3-rdkit is not installed.");
        Assert.Equal("bad 0\n", output);
    }
}
