using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public class StockFeaturesTests
{
    private static readonly FrozenEncoder Encoder = TinyEncoders.Make();

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Noise_is_new_in_each_epoch_and_the_same_for_the_same_epoch(double dropout)
    {
        float[] Epoch(long epoch) => new StockFeatures(Encoder, StockNoise.Of(3) with { Dropout = dropout }).Noisy(TinyEncoders.Few, EncoderPooling.Pooled, epoch);
        var first = Epoch(0);
        Assert.Equal(first, Epoch(0));
        Assert.NotEqual(first, Epoch(1));
    }

    [Fact]
    public void Without_masking_and_dropout_nothing_is_left_of_it()
    {
        var stock = new StockFeatures(Encoder, new StockNoise(new TokenMaskingOptions { Share = 0 }, Dropout: 0, Seed: 3));
        Assert.Equal(Encoder.Of(TinyEncoders.Few, EncoderPooling.Mean), stock.Noisy(TinyEncoders.Few, EncoderPooling.Mean, 7));
    }

    [Fact]
    public void Masking_alone_leaves_molecules_clean_that_drew_nothing()
    {
        var masked = new StockFeatures(Encoder, StockNoise.Of(3) with { Dropout = 0 }).Noisy(TinyEncoders.Few, EncoderPooling.Pooled, 0);
        var clean = Encoder.Of(TinyEncoders.Few, EncoderPooling.Pooled);
        var changed = Enumerable.Range(0, TinyEncoders.Few.Table.Count).Count(row => !clean.AsSpan(row * Encoder.Width, Encoder.Width).SequenceEqual(masked.AsSpan(row * Encoder.Width, Encoder.Width)));
        Assert.InRange(changed, 90, 99);
    }

    [Fact]
    public void Dropout_alone_changes_every_molecule_and_its_mean_is_near_the_clean_features()
    {
        var stock = new StockFeatures(Encoder, new StockNoise(new TokenMaskingOptions { Share = 0 }, Dropout: 0.1, Seed: 3));
        var clean = Encoder.Of(TinyEncoders.Few, EncoderPooling.Mean);
        var noisy = stock.Noisy(TinyEncoders.Few, EncoderPooling.Mean, 0);
        Assert.True(Enumerable.Range(0, TinyEncoders.Few.Table.Count).All(row => !clean.AsSpan(row * Encoder.Width, Encoder.Width).SequenceEqual(noisy.AsSpan(row * Encoder.Width, Encoder.Width))));
        var difference = Math.Sqrt(clean.Zip(noisy, (one, other) => Math.Pow(one - other, 2)).Average());
        Assert.InRange(difference, 0.01, 1);
    }

    [Fact]
    public void Test_molecules_are_read_clean() =>
        Assert.Equal(Encoder.Of(TinyEncoders.Few, EncoderPooling.Pooled), new StockFeatures(Encoder, StockNoise.Of(0)).Of(TinyEncoders.Few, EncoderPooling.Pooled));
}
