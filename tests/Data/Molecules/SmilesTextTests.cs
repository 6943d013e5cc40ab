namespace W2S.Data.Tests;

/// <summary>What RDKit would read only a part of never reaches it.</summary>
public sealed class SmilesTextTests
{
    [Theory]
    [InlineData("CC\u2013O", "U+2013, which is not ASCII, at character 3")]
    [InlineData("CC\u200BO", "U+200B, which is not ASCII, at character 3")]
    [InlineData("\u0421\u0421O", "U+0421, which is not ASCII, at character 1")]
    [InlineData("CC O", "a blank at character 3")]
    [InlineData("CC\tethanol", "a blank at character 3")]
    [InlineData("CC\u0007", "U+0007")]
    [InlineData("", "the SMILES is empty")]
    public void A_character_that_ends_a_SMILES_early_is_named_with_its_place(string smiles, string problem) => Assert.Contains(problem, SmilesText.Problem(smiles));

    [Theory]
    [InlineData("CC(=O)Oc1ccccc1C(=O)O", 13)]
    [InlineData("[Na+].[Cl-]", 2)]
    [InlineData("ClCBr", 3)]
    [InlineData("[2H]C([nH])%12C=C%12", 5)]
    [InlineData("[C@@H](F)(Cl)*", 4)]
    public void Atoms_are_counted_as_they_are_written(string smiles, int atoms)
    {
        Assert.Null(SmilesText.Problem(smiles));
        Assert.Equal(atoms, SmilesText.Atoms(smiles));
    }

    [SkippableFact]
    public void No_SMILES_of_the_real_sets_is_refused()
    {
        foreach (var file in RealSmiles.Files.Take(3)) Assert.All(RealSmiles.Of(file), smiles => Assert.Null(SmilesText.Problem(smiles)));
        Assert.All(CsvTable.Read(RealData.File("moleculenet/AqSolDB.csv.gz"), ["SMILES"]).Rows, row => Assert.Null(SmilesText.Problem(row[0])));
    }
}
