using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public class EncoderBatchesTests
{
    private static readonly EncoderPretrainingOptions Options = new() { Batch = 8 };
    private static readonly int Vocabulary = new MolbertTokenizer().VocabularySize;

    private static EncoderBatches Batches(EncoderBatches.Examples molecules, bool pairs = false, long seed = 0) =>
        new(molecules, [.. Enumerable.Range(0, molecules.Count)], Vocabulary, Options, pairs, seed);

    [Fact]
    public void An_epoch_sees_every_molecule_once_and_described_ones_never_beside_others()
    {
        var molecules = EncoderCorpora.Molecules(45, described: 21);
        var batches = Batches(molecules);
        Assert.Equal(3 + 3, batches.Count);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var seen = new List<string>();
            var described = 0;
            for (var batch = 0; batch < batches.Count; batch++)
            {
                var each = batches[epoch, batch];
                seen.AddRange(Unmasked(each));
                if (each.Descriptors == null) continue;
                described += each.Tokens.Sequences;
                Assert.Equal(each.Tokens.Sequences * 3, each.Descriptors.Length);
            }
            Assert.Equal(21, described);
            Assert.Equal(All(molecules).Order(), seen.Order());
        }
    }

    [Fact]
    public void Descriptors_stay_with_their_molecules()
    {
        var molecules = EncoderCorpora.Molecules(30, described: 30);
        var batches = Batches(molecules);
        var known = All(molecules).Select((text, row) => (text, row)).ToDictionary(pair => pair.text, pair => pair.row);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var each = batches[4, batch];
            foreach (var (text, place) in Unmasked(each).Select((text, place) => (text, place)))
                Assert.Equal(
                    molecules.Descriptors[(known[text] * 3)..(known[text] * 3 + 3)], each.Descriptors![(place * 3)..(place * 3 + 3)]);
        }
    }

    [Fact]
    public void A_batch_depends_on_its_numbers_alone()
    {
        var molecules = EncoderCorpora.Molecules(40, described: 11, forms: 2);
        var (forwards, backwards) = (Batches(molecules, pairs: true), Batches(molecules, pairs: true));
        var numbers = Enumerable.Range(0, forwards.Count).SelectMany(batch => new[] { (0, batch), (1, batch) }).Order().ToArray();
        var first = numbers.ToDictionary(number => number, number => Text(forwards[number.Item1, number.Item2]));
        foreach (var number in numbers.Reverse()) Assert.Equal(first[number], Text(backwards[number.Item1, number.Item2]));
        Assert.NotEqual(first[(0, 0)], first[(1, 0)]);
        Assert.NotEqual(first[(0, 0)], Text(Batches(molecules, pairs: true, seed: 1)[0, 0]));
    }

    [Fact]
    public void Half_of_the_pairs_are_one_molecule_in_two_forms_and_the_others_two_molecules()
    {
        var molecules = EncoderCorpora.Molecules(400, described: 0, forms: 3);
        var batches = Batches(molecules, pairs: true);
        var plain = All(molecules).ToHashSet();
        var same = 0;
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var each = batches[0, batch];
            foreach (var (text, place) in Unmasked(each).Select((text, place) => (text, place)))
            {
                var types = each.Tokens.Types![each.Tokens.Offsets[place]..each.Tokens.Offsets[place + 1]];
                var cut = Array.IndexOf(types, (byte)1);
                var (left, right) = (Bare(text[1..cut]), Bare(text[cut..]));
                Assert.Contains(left, plain.Select(Bare));
                Assert.Equal(each.SameMolecule![place] == 1, left == right);
                same += each.SameMolecule[place];
            }
        }
        Assert.InRange(same, 160, 240);

        static string Bare(string tokens) => tokens.Trim((char)1, (char)2, (char)40);
    }

    [Fact]
    public void Pairs_need_a_second_way_of_writing() =>
        Assert.Throws<ArgumentException>(() => Batches(EncoderCorpora.Molecules(5, described: 0), pairs: true));

    private static IEnumerable<string> All(EncoderBatches.Examples molecules) =>
        Enumerable.Range(0, molecules.Count)
            .Select(row => Chars(molecules.Forms[0].Tokens.AsSpan(molecules.Forms[0].Offsets[row], molecules.Forms[0].Length(row))));

    /// <summary>The sequences with what was hidden put back, a character for each token.</summary>
    private static List<string> Unmasked(EncoderBatch batch)
    {
        var tokens = (int[])batch.Tokens.Tokens.Clone();
        for (var i = 0; i < batch.Positions.Length; i++) tokens[batch.Positions[i]] = batch.Labels[i];
        return [.. Enumerable.Range(0, batch.Tokens.Sequences)
            .Select(place => Chars(tokens.AsSpan(batch.Tokens.Offsets[place], batch.Tokens.Length(place))))];
    }

    private static string Chars(ReadOnlySpan<int> tokens) => string.Concat(tokens.ToArray().Select(token => (char)token));

    private static string Text(EncoderBatch batch) =>
        $"{Chars(batch.Tokens.Tokens)} {string.Join(',', batch.Labels)} {string.Join(',', batch.Descriptors ?? [])} "
        + string.Join(',', batch.SameMolecule ?? []);
}
