using W2S.Data;
using W2S.Models;
using W2S.Training.Fused;

namespace W2S.Training.Tests.Fused;

public sealed class EncoderPartsTests
{
    [Fact]
    public void Every_sequence_is_dealt_to_one_part_and_the_parts_tokens_differ_by_less_than_the_longest_sequence()
    {
        for (var draw = 0; draw < 200; draw++)
        {
            var random = new RandomStream(0, "lengths", draw);
            var lengths = Enumerable.Range(0, 1 + random.NextInt(20)).Select(_ => 1 + random.NextInt(60)).ToArray();
            var batch = PackedTokens.Of([.. lengths.Select(length => new int[length])]);
            var parts = 1 + random.NextInt(5);
            var (order, starts) = EncoderParts.Deal(batch, parts);

            Assert.Equal(Enumerable.Range(0, lengths.Length), order.Order());
            Assert.Equal((parts + 1, 0, lengths.Length), (starts.Length, starts[0], starts[^1]));
            var tokens = Enumerable.Range(0, parts).Select(part => order[starts[part]..starts[part + 1]].Sum(batch.Length)).ToArray();
            Assert.InRange(tokens.Max() - tokens.Min(), 0, lengths.Max());
        }
    }

    [Fact]
    public void Batches_of_like_length_are_halved_within_a_token_in_a_hundred()
    {
        var batch = PackedTokens.Of([.. Enumerable.Range(0, 16).Select(sequence => new int[40 + sequence])]); // sorted, as they are drawn
        var (order, starts) = EncoderParts.Deal(batch, parts: 2);
        Assert.Equal([0, 8, 16], starts);
        Assert.InRange(order[..8].Sum(batch.Length), 377, 383); // of 760
    }
}
