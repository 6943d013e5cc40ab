using W2S.Data;
using W2S.Models;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

public sealed class LongTextsTests : IDisposable
{
    private const int Longest = 12;

    private static readonly string[] Vocabulary = [.. WordPieceTokenizer.Special, "red", "green", "blue", "cat", "dog", "sea"];
    private static readonly FrozenEncoder Encoder = Make();
    private static readonly string[] Texts = [.. Enumerable.Range(0, 700).Select(Text)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EncoderPooling.Mean)]
    [InlineData(EncoderPooling.Cls)]
    public void A_long_text_that_is_split_has_the_mean_of_its_parts_vectors(EncoderPooling pooling)
    {
        var (split, truncated) = (Features(FeatureOptions.LongTexts.Split, pooling), Features(FeatureOptions.LongTexts.Truncate, pooling));
        foreach (var text in Enumerable.Range(0, 40))
        {
            var parts = Encoder.Text!.EncodeParts(Texts[text], Longest);
            var alone = parts.Select(part => Encoder.Of(PackedTokens.Of([part]), pooling)).ToList();
            for (var column = 0; column < Encoder.Width; column++)
                Assert.Equal(alone.Average(vector => vector[column]), split[text * Encoder.Width + column], 1e-5f);
            var isAlike = split.AsSpan(text * Encoder.Width, Encoder.Width).SequenceEqual(truncated.AsSpan(text * Encoder.Width, Encoder.Width));
            Assert.Equal(parts.Count == 1, isAlike);
        }
    }

    [Fact]
    public void How_many_are_long_is_said()
    {
        var log = new LogLines();
        var encoder = Encoder.On("cpu", 1, RunServices.Silent with { Log = log.Logger });
        var expected = Texts.Count(text => text.Split(' ').Length > Longest - 2);
        Assert.InRange(expected, 100, 600);
        encoder.Parts(Texts, "here", FeatureOptions.LongTexts.Truncate);
        encoder.Parts(Texts, "here", FeatureOptions.LongTexts.Split);
        Assert.Contains($"{expected} of 700 texts of \"here\" are longer than the {Longest} tokens that \"text\" reads; their ends are left out", log.All[0], StringComparison.Ordinal);
        Assert.Contains($"{expected} of 700 texts of \"here\" are longer than the {Longest} tokens that \"text\" reads; they are read in parts", log.All[1], StringComparison.Ordinal);
    }

    public enum Encoders
    {
        Kernels,
        Torch,
        OnnxRuntime,
    }

    [Theory]
    [InlineData(Encoders.Kernels, FeatureOptions.LongTexts.Truncate)]
    [InlineData(Encoders.Kernels, FeatureOptions.LongTexts.Split)]
    [InlineData(Encoders.Torch, FeatureOptions.LongTexts.Truncate)]
    [InlineData(Encoders.Torch, FeatureOptions.LongTexts.Split)]
    [InlineData(Encoders.OnnxRuntime, FeatureOptions.LongTexts.Truncate)]
    [InlineData(Encoders.OnnxRuntime, FeatureOptions.LongTexts.Split)]
    public void Features_that_were_stopped_in_the_middle_go_on_to_the_same_bits(Encoders kind, FeatureOptions.LongTexts longTexts)
    {
        var straight = Features(kind, longTexts, RunServices.Silent, folder: null);
        var begins = new List<long>();
        for (var stops = 0; stops < 20; stops++)
        {
            var stop = new StopSignal();
            var progress = new Watched(done =>
            {
                if (begins.Count == stops) begins.Add(done);
                if (done > begins[^1] + 3500) stop.Set("enough");
            });
            try
            {
                var continued = Features(kind, longTexts, RunServices.Silent with { Stop = stop, Progress = progress }, _folder["features"]);
                Assert.Equal(straight, continued);
                Assert.True(stops > 0);
                Assert.Equal(begins.Order(), begins);
                Assert.True(begins[^1] >= 1000);
                Assert.Single(Directory.GetFiles(_folder["features"]));
                return;
            }
            catch (StoppedException)
            {
            }
        }
        Assert.Fail("It never came to an end.");
    }

    private float[] Features(FeatureOptions.LongTexts longTexts, EncoderPooling pooling) =>
        Read(new EncoderRepresentation(Encoder, new FeatureOptions { Pooling = pooling, Long = longTexts }, 0, new FeatureCache(null)));

    /// <param name="folder">Null: they are computed in one go, and those of another name, for what is known is not computed again.</param>
    private float[] Features(Encoders kind, FeatureOptions.LongTexts longTexts, RunServices run, string? folder)
    {
        var (name, options) = (folder == null ? "straight" : "stopped", new FeatureOptions { Pooling = EncoderPooling.Mean, Long = longTexts });
        if (kind == Encoders.OnnxRuntime)
        {
            var model = TinyOnnx.Write(_folder[name], Vocabulary, width: 8);
            File.WriteAllText(Path.Combine(model, "tokenizer_config.json"), $$"""{"model_max_length": {{Longest}}}""");
            return Read(new OnnxRepresentation(EncoderReference.Parse($"onnx:{model}"), options, 1, new FeatureCache(folder), run));
        }
        var encoder = Make(name, kind == Encoders.Torch ? 4 : 0).On("cpu", 1, run);
        Assert.Equal(kind == Encoders.Kernels, FrozenEncoder.Kernels.Suit(encoder.Shape, encoder.Weights));
        return Read(new EncoderRepresentation(encoder, options, 0, new FeatureCache(folder)));
    }

    private static float[] Read(TableRepresentation representation)
    {
        var table = new TextData("mine", "mine", "", Texts, new double[Texts.Length], new Dictionary<int, TableSplit>()) { Digest = "0" };
        return representation.Features(new Examples.OfTable(0, table, [[.. Enumerable.Range(0, Texts.Length)]])).Task(0).ToArray();
    }

    /// <param name="distances">Other than 0: such an encoder is not for the kernels.</param>
    private static FrozenEncoder Make(string name = "text", int distances = 0)
    {
        var tokenizer = TextTokenizer.OfWordPieces(Vocabulary, new BertWordOptions());
        var shape = new EncoderShape(Vocabulary.Length, 8, 2, 2)
        {
            MaximumLength = Longest, Positions = PositionEncoding.Sinusoidal, DistanceBuckets = distances,
        };
        return new FrozenEncoder(name, "untrained", shape, EncoderWeights.InitialiseEncoder(shape, 1, "text"), tokenizer.Name) { Text = tokenizer, Threads = 1 };
    }

    private static string Text(int row)
    {
        var random = new RandomStream(0, "long texts", row);
        string[] words = ["red", "green", "blue", "cat", "dog", "sea"];
        return string.Join(' ', Enumerable.Range(0, 1 + random.NextInt(40)).Select(_ => words[random.NextInt(words.Length)]));
    }

    private sealed class Watched(Action<long> watch) : IProgressDisplay
    {
        public IProgressDisplay.IItem Begin(string name, string unit, long total, long startStep = 0)
        {
            watch(startStep);
            return new Item(watch);
        }

        private sealed class Item(Action<long> watch) : IProgressDisplay.IItem
        {
            public void Report(long step, double? loss = null) => watch(step);

            public void Dispose()
            {
            }
        }
    }
}
