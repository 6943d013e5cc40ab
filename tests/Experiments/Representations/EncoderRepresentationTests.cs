using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public class EncoderRepresentationTests
{
    private static readonly EncoderPretrainingOptions.MaskingOptions Unmasked = new() { Share = 0 };
    private static readonly FrozenEncoder Encoder = TinyEncoders.Make();

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Noise_is_new_in_each_pass_and_the_same_for_the_same_pass(double dropout)
    {
        float[] Pass(long pass) => Representation(dropout: dropout).TrainMode(TinyEncoders.Few, pass).ToArray();
        var first = Pass(0);
        Assert.Equal(first, Pass(0));
        Assert.NotEqual(first, Pass(1));
    }

    [Fact]
    public void Without_masking_and_dropout_nothing_is_left_of_it() => Assert.Equal(
        Encoder.Of(TinyEncoders.Few, EncoderPooling.Mean), Representation(EncoderPooling.Mean, Unmasked, dropout: 0).TrainMode(TinyEncoders.Few, 7).ToArray());

    [Fact]
    public void Masking_alone_leaves_molecules_clean_that_drew_nothing()
    {
        var masked = Representation(dropout: 0).TrainMode(TinyEncoders.Few, 0).ToArray();
        var clean = Encoder.Of(TinyEncoders.Few, EncoderPooling.Pooled);
        var changed = Enumerable.Range(0, TinyEncoders.Few.Count).Count(row => !clean.AsSpan(row * Encoder.Width, Encoder.Width).SequenceEqual(masked.AsSpan(row * Encoder.Width, Encoder.Width)));
        Assert.InRange(changed, 90, 99);
    }

    [Fact]
    public void Dropout_alone_changes_every_molecule_and_its_mean_is_near_the_clean_features()
    {
        var clean = Encoder.Of(TinyEncoders.Few, EncoderPooling.Mean);
        var noisy = Representation(EncoderPooling.Mean, Unmasked, dropout: 0.1).TrainMode(TinyEncoders.Few, 0).ToArray();
        Assert.True(Enumerable.Range(0, TinyEncoders.Few.Count).All(row => !clean.AsSpan(row * Encoder.Width, Encoder.Width).SequenceEqual(noisy.AsSpan(row * Encoder.Width, Encoder.Width))));
        var difference = Math.Sqrt(clean.Zip(noisy, (one, other) => Math.Pow(one - other, 2)).Average());
        Assert.InRange(difference, 0.01, 1);
    }

    [Fact]
    public void Rows_are_read_clean_and_heads_are_fitted_on_every_pass()
    {
        var representation = Representation(passes: 2);
        var examples = new Examples.OfTable(0, TinyEncoders.Few, [[3, 1], [0, 2]]);
        var clean = Encoder.Of(TinyEncoders.Few, EncoderPooling.Pooled);
        Assert.Equal([.. Row(clean, 3), .. Row(clean, 1), .. Row(clean, 0), .. Row(clean, 2)], representation.Features(examples).Values);
        var (fitting, draws) = ((IRepresentation)representation).FittingFeatures(examples);
        Assert.Equal((2, 2, 4), (draws, fitting.Tasks, fitting.Samples));
        var (first, second) = (representation.TrainMode(TinyEncoders.Few, 0).ToArray(), representation.TrainMode(TinyEncoders.Few, 1).ToArray());
        Assert.Equal([.. Row(first, 3), .. Row(first, 1), .. Row(second, 3), .. Row(second, 1)], fitting.Task(0).ToArray());

        static float[] Row(float[] values, int row) => values[(row * Encoder.Width)..((row + 1) * Encoder.Width)];
    }

    [Fact]
    public void Features_that_are_no_numbers_are_refused_with_representation_and_molecule()
    {
        var error = Assert.Throws<UserErrorException>(() => new Broken().Features(new Examples.OfTable(0, SmallTables.Molecules, [[0]])));
        Assert.Contains("weak-2 gives NaN (column 1) for molecule 3 of Synthetic SMILES", error.Message);
        Assert.Contains(SmallTables.Molecules.Smiles[3], error.Message);
    }

    [Fact]
    public void Shared_features_are_known_to_all_the_oldest_forgotten_and_those_in_a_folder_found_again()
    {
        using var folder = new TemporaryFolder();
        var (computed, keys) = (new List<string>(), Enumerable.Range(0, 9).Select(number => $"{folder.Path} {number}").ToArray());
        foreach (var key in (string[])[.. keys[..8], keys[0], keys[8], keys[0], keys[1]]) Ask(new FeatureCache(null), key, isShared: true);
        Assert.Equal([.. keys, keys[1]], computed);
        computed.Clear();
        foreach (var _ in new[] { 1, 2 }) Ask(new FeatureCache(folder["kept"]), "another", isShared: false);
        Assert.Single(computed);
        File.WriteAllText(Directory.GetFiles(folder["kept"]).Single(), "cut short");
        Ask(new FeatureCache(folder["kept"]), "another", isShared: false);
        Assert.Equal(2, computed.Count);

        void Ask(FeatureCache cache, string key, bool isShared) => Assert.Equal([key.Length], cache.Obtain(key, isShared, place =>
        {
            computed.Add(key);
            using var features = place.Begin([0], 1);
            features.Add([key.Length]);
            return features.Complete();
        }).ToArray());
    }

    private static EncoderRepresentation Representation(EncoderPooling pooling = EncoderPooling.Pooled, EncoderPretrainingOptions.MaskingOptions? masking = null, double dropout = 0.1, int passes = 0) =>
        new(Encoder, new FeatureOptions { Pooling = pooling, TrainModePasses = passes }, seed: 3, new FeatureCache(null)) { Masking = masking ?? new EncoderPretrainingOptions.MaskingOptions(), Dropout = dropout };

    private sealed class Broken : TableRepresentation
    {
        public override string Name => "weak-2";
        public override string Description => "broken";
        public override int Width => 2;
        public override string Digest => "";

        protected override float[] Clean(ILabelledTable table) => Checked([.. Enumerable.Range(0, 2 * table.Labels.Count).Select(place => place == 7 ? float.NaN : 0)], table);
    }
}
