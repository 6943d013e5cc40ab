using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Tokenizers;

namespace W2S.Data.Tests;

/// <summary>Both tokenizers as a user of Microsoft.ML.Tokenizers meets them: through the abstract Tokenizer.</summary>
public class MoleculeTokenizerTests
{
    private const string Smiles = "ClC[C@@H](Br)N";

    public static TheoryData<string> Names => [.. MoleculeTokenizers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_have_ids_and_offsets(string name)
    {
        Tokenizer tokenizer = MoleculeTokenizers.Find(name);
        var tokens = tokenizer.EncodeToTokens(Smiles, out var normalised);
        Assert.Null(normalised);
        Assert.Equal(["Cl", "C", "[", "C", "@@", "H", "]", "(", "Br", ")", "N"], tokens.Select(token => token.Value));
        Assert.Equal([0..2, 2..3, 3..4, 4..5, 5..7, 7..8, 8..9, 9..10, 10..12, 12..13, 13..14], tokens.Select(token => token.Offset));
        Assert.All(tokens, token => Assert.Equal(token.Value, MoleculeTokenizers.Find(name).Vocabulary[token.Id]));
        Assert.Equal(tokens.Select(token => token.Id), tokenizer.EncodeToIds(Smiles));
        Assert.Equal(tokens, tokenizer.EncodeToTokens(Smiles.AsSpan(), out _));
        Assert.Equal(11, tokenizer.CountTokens(Smiles));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_of_tokens_cuts_between_symbols(string name)
    {
        Tokenizer tokenizer = MoleculeTokenizers.Find(name);
        Assert.Equal(5, tokenizer.EncodeToIds(Smiles, 5, out _, out var consumed).Count);
        Assert.Equal(7, consumed);
        Assert.Equal(7, tokenizer.GetIndexByTokenCount(Smiles, 5, out _, out var count));
        Assert.Equal(5, count);
        Assert.Equal(10, tokenizer.GetIndexByTokenCountFromEnd(Smiles, 3, out _, out count));
        Assert.Equal(3, count);
        Assert.Equal(Smiles.Length, tokenizer.GetIndexByTokenCount(Smiles, 99, out _, out count));
        Assert.Equal(11, count);
        Assert.Equal(0, tokenizer.GetIndexByTokenCountFromEnd(Smiles, 99, out _, out count));
        Assert.Equal(11, count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoding_gives_the_molecule_without_layout_but_shows_masks(string name)
    {
        Tokenizer tokenizer = MoleculeTokenizers.Find(name);
        int[] laidOut = [MoleculeTokenizer.ClsId, .. tokenizer.EncodeToIds(Smiles), MoleculeTokenizer.SepId, MoleculeTokenizer.PadId, MoleculeTokenizer.PadId];
        Assert.Equal(Smiles, tokenizer.Decode(laidOut));
        laidOut[1] = MoleculeTokenizer.MaskId;
        Assert.Equal("[MASK]" + Smiles[2..], tokenizer.Decode(laidOut));
        Assert.Throws<ArgumentException>(() => tokenizer.Decode([4, 200]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoding_into_a_buffer_says_how_far_it_came(string name)
    {
        Tokenizer tokenizer = MoleculeTokenizers.Find(name);
        var ids = tokenizer.EncodeToIds(Smiles);
        Span<char> characters = new char[Smiles.Length];
        Assert.Equal(OperationStatus.Done, tokenizer.Decode(ids, characters, out var consumed, out var written));
        Assert.Equal((11, Smiles.Length), (consumed, written));
        Assert.Equal(Smiles, characters.ToString());
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode(ids, characters[..11], out consumed, out written));
        Assert.Equal((8, 10), (consumed, written));
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode([4, -1], characters, out consumed, out _));
        Assert.Equal(1, consumed);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Unknown_symbols_are_refused_or_left_out(string name)
    {
        Tokenizer refusing = MoleculeTokenizers.Find(name);
        Assert.Contains("'*' at character 2", Assert.Throws<UserErrorException>(() => refusing.EncodeToIds("C*Cl")).Message);
        Assert.Throws<UserErrorException>(() => refusing.EncodeToTokens("C*Cl", out _));
        Assert.Throws<UserErrorException>(() => refusing.CountTokens("C*Cl"));

        Tokenizer dropping = MoleculeTokenizers.Find(name, MoleculeTokenizer.Unknown.Drop);
        Assert.Equal([0..1, 2..4], dropping.EncodeToTokens("C*Cl", out _).Select(token => token.Offset));
        Assert.Equal("CCl", dropping.Decode(dropping.EncodeToIds("C*Cl")));
        Assert.Equal(2, dropping.CountTokens("C*Cl"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_fast_path_and_the_library_agree(string name)
    {
        var tokenizer = MoleculeTokenizers.Find(name, MoleculeTokenizer.Unknown.Drop);
        string[] pieces = [.. tokenizer.Vocabulary.Skip(MoleculeTokenizer.FirstOrdinaryId), "[nH]", "[Na+]", "%12", "*", "é"];
        var texts = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var ids = new int[text.Length];
            var count = tokenizer.Encode(text, ids, out var dropped);
            Assert.Equal(tokenizer.EncodeToIds(text), ids.Take(count).Select(id => (int)id));
            Assert.Equal(count, tokenizer.CountTokens(text));
            Assert.Equal(dropped == 0, tokenizer.TryEncode(text, new int[text.Length], out _, out _));
        }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tokenizer_is_found_by_its_name(string name)
    {
        var tokenizer = MoleculeTokenizers.Find(name);
        Assert.Equal(name, tokenizer.Name);
        Assert.InRange(tokenizer.VocabularySize, MoleculeTokenizer.FirstOrdinaryId + 1, 256);
        Assert.Equal(["[PAD]", "[CLS]", "[SEP]", "[MASK]"], tokenizer.Vocabulary.Take(MoleculeTokenizer.FirstOrdinaryId));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_that_there_are() =>
        Assert.Equal("There is no tokenizer 'bert'. Choose one of: molbert, smiles.", Assert.Throws<UserErrorException>(() => MoleculeTokenizers.Find("bert")).Message);
}
