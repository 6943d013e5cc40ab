using FsCheck;
using FsCheck.Fluent;

namespace W2S.Data.Tests;

public class SmilesTokenizerTests
{
    private static readonly SmilesTokenizer Tokenizer = new();

    public static TheoryData<string> Files => [.. RealSmiles.Files];

    [Fact]
    public void The_vocabulary_is_fixed()
    {
        const string listed = "[PAD] [CLS] [SEP] [MASK] B C N O P S F Cl Br I b c n o p s H Si Se se As Te te Li Na K Mg Ca V Zn " +
            "- = # $ : / \\ . ( ) [ ] % 0 1 2 3 4 5 6 7 8 9 @ @@ +";
        Assert.Equal(listed.Split(' '), Tokenizer.Vocabulary);
        Assert.Equal(60, Tokenizer.Vocabulary.Distinct().Count());
    }

    [Theory]
    [InlineData("Sc1ccccc1", "S c 1 c c c c c 1")]
    [InlineData("CC(=O)Oc1ccccc1Cl", "C C ( = O ) O c 1 c c c c c 1 Cl")]
    [InlineData("C[C@@H](Br)/C=C\\F", "C [ C @@ H ] ( Br ) / C = C \\ F")]
    [InlineData("[13CH2]%12cn[nH]%12", "[ 1 3 C H 2 ] % 1 2 c n [ n H ] % 1 2")]
    [InlineData("[se][Se][Si-].[Na+].[Ca+2]", "[ se ] [ Se ] [ Si - ] . [ Na + ] . [ Ca + 2 ]")]
    [InlineData("[NH3+][CH:12]C#N", "[ N H 3 + ] [ C H : 1 2 ] C # N")]
    public void A_molecule_is_cut_into_atoms_bonds_rings_and_branches(string smiles, string tokens) =>
        Assert.Equal(tokens.Split(' '), Tokenizer.EncodeToTokens(smiles, out _).Select(token => token.Value));

    [Theory]
    [InlineData("CC[Sc]", 3, "'Sc' at character 4", "")]
    [InlineData("CNa", 2, "'a' at character 3", "")]
    [InlineData("C[as]C", 2, "'as' at character 3", "")]
    [InlineData("CHC", 1, "'H' at character 2", "")]
    [InlineData("C+", 1, "'+' at character 2", "")]
    [InlineData("C[C=]", 3, "'=' at character 4", "")]
    [InlineData("C[CH", 1, "'[' at character 2", "not closed")]
    [InlineData("C[C[CH]", 3, "'[' at character 4", "inside another")]
    [InlineData("C]C", 1, "']' at character 2", "")]
    [InlineData("C%1C", 1, "'%' at character 2", "two digits")]
    [InlineData("C%", 1, "'%' at character 2", "two digits")]
    [InlineData("CCO ", 3, "' ' at character 4", "Remove the blank")]
    [InlineData("C[🙂]", 2, "'🙂' at character 3", "")]
    [InlineData("*C", 0, "'*' at character 1", "leave the molecule out")]
    public void An_unknown_symbol_is_refused_with_its_position(string smiles, int position, string named, string remedy)
    {
        Assert.False(Tokenizer.TryEncode(smiles, new int[smiles.Length], out var count, out var errorPosition));
        Assert.Equal(position, errorPosition);
        Assert.InRange(count, 0, position);
        var error = Assert.Throws<UserErrorException>(() => Tokenizer.Encode(smiles, new int[smiles.Length], out _));
        Assert.Contains(named, error.Message);
        Assert.Contains(remedy, error.Message);
    }

    [Fact]
    public void Unknown_symbols_are_dropped_and_counted_by_choice()
    {
        var tokenizer = new SmilesTokenizer(MoleculeTokenizer.Unknown.Drop);
        var ids = new int[20];
        var count = tokenizer.Encode("CC[Sc+].c1 Cl*[C", ids, out var dropped);
        Assert.Equal("CC[+].c1ClC", tokenizer.Decode(ids.AsSpan(0, count)));
        Assert.Equal(4, dropped);
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Every_real_molecule_is_known_and_comes_back_to_the_character(string file)
    {
        var ids = new int[4096];
        var read = 0;
        foreach (var smiles in RealSmiles.Of(file))
        {
            Assert.True(Tokenizer.TryEncode(smiles, ids, out var count, out var errorPosition), errorPosition < 0 ? "" : Tokenizer.Explain(smiles, errorPosition));
            Assert.Equal(smiles, Tokenizer.Decode(ids.AsSpan(0, count)));
            read++;
        }
        Assert.True(read > 600, $"Only {read} molecules were read.");
    }

    [Fact]
    public void Any_text_that_is_accepted_comes_back_to_the_character()
    {
        string[] pieces = ["C", "Cl", "c", "Br", "[", "]", "[nH]", "[13C@@H2+]", "[Sc]", "(", ")", "=", "%", "%12", "1", "@", "H", "*", "[se]", "s", "e"];
        var texts = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var ids = new int[text.Length];
            var whole = Tokenizer.TryEncode(text, ids, out var count, out var position);
            // What stands before the first unknown symbol has been encoded, so it comes back too.
            Assert.Equal(whole ? text : text[..position], Tokenizer.Decode(ids.AsSpan(0, count)));
        }));
    }
}
