using W2S.Data;

namespace W2S.Training.Tests;

public class LengthGroupedBatchesTests
{
    private const int Batch = 16;

    // As of SMILES: a broad hump between 10 and 120 tokens.
    private static readonly int[] Lengths = MakeLengths(5003);

    [Fact]
    public void Every_sequence_comes_once_an_epoch_and_only_the_last_batch_is_smaller()
    {
        foreach (var count in new[] { 0, 1, 15, 16, 17, 800, 801, 5003 })
        {
            var batches = Epoch(new EncoderBatches.LengthGrouped(Lengths[..count], Batch, seed: 1), 0);
            Assert.Equal(Enumerable.Range(0, count), batches.SelectMany(batch => batch).Order());
            Assert.All(batches.SkipLast(1), batch => Assert.Equal(Batch, batch.Length));
        }
    }

    [Fact]
    public void Less_than_a_twentieth_is_padding_where_a_third_would_be_in_any_order()
    {
        Assert.InRange(Padding(new EncoderBatches.LengthGrouped(Lengths, Batch, 1)), 0, 0.05);
        Assert.InRange(Padding(new EncoderBatches.LengthGrouped(Lengths, Batch, 1, window: 1)), 0.3, 0.6);
    }

    [Fact]
    public void Short_batches_and_long_ones_come_in_no_order()
    {
        var means = Epoch(new EncoderBatches.LengthGrouped(Lengths, Batch, 1), 0)
            .Select(batch => batch.Average(sequence => Lengths[sequence])).ToArray();
        var (mean, deviation) = (means.Average(), Math.Sqrt(means.Average(value => value * value) - means.Average() * means.Average()));
        // The correlation of neighbours, and that with the place, of 313 values in random order: 0, give or take 0.06.
        Assert.InRange(
            means.Zip(means.Skip(1)).Average(pair => (pair.First - mean) * (pair.Second - mean)) / (deviation * deviation), -0.25, 0.25);
        Assert.InRange(
            means.Select((value, i) => (value - mean) / deviation * (i - means.Length / 2.0) / means.Length * Math.Sqrt(12)).Average(),
            -0.25, 0.25);
    }

    [Fact]
    public void Epochs_differ_and_each_is_a_function_of_its_number_and_the_seed()
    {
        var batches = new EncoderBatches.LengthGrouped(Lengths, Batch, 1);
        var (first, second) = (Epoch(batches, 0), Epoch(batches, 1));
        Assert.NotEqual(first, second);
        Assert.Equal(first, Epoch(batches, 0));
        Assert.Equal(second[100], new EncoderBatches.LengthGrouped(Lengths, Batch, 1)[1, 100].ToArray());
        Assert.NotEqual(first, Epoch(new EncoderBatches.LengthGrouped(Lengths, Batch, 2), 0));
        Assert.NotEqual(first, Epoch(new EncoderBatches.LengthGrouped(Lengths, Batch, 1, "validation"), 0));
    }

    [Fact]
    public void Sequences_meet_others_in_every_epoch()
    {
        var batches = new EncoderBatches.LengthGrouped(Lengths, Batch, 1);
        HashSet<int> Companions(long epoch) => [.. Epoch(batches, epoch).Single(batch => batch.Contains(0))];
        Assert.InRange(Companions(0).Intersect(Companions(1)).Count(), 1, 6);
    }

    private static double Padding(EncoderBatches.LengthGrouped batches)
    {
        var computed = Epoch(batches, 0).Sum(batch => (long)batch.Length * batch.Max(sequence => Lengths[sequence]));
        return 1 - Lengths.Sum(length => (long)length) / (double)computed;
    }

    private static int[][] Epoch(EncoderBatches.LengthGrouped batches, long epoch) =>
        [.. Enumerable.Range(0, batches.Count).Select(batch => batches[epoch, batch].ToArray())];

    private static int[] MakeLengths(int count)
    {
        var random = new RandomStream(0, "lengths");
        return [.. Enumerable.Range(0, count).Select(_ => (int)Math.Clamp(45 + 18 * random.NextNormal(), 10, 120))];
    }
}
