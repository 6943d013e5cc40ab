using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public sealed class TextEncoderStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EncoderSettings _settings;

    public TextEncoderStoreTests()
    {
        string[] words = ["the", "cat", "sat", "on", "a", "mat", "and", "slept", "until", "Noël", "came", "again"];
        var random = new RandomStream(0, "texts");
        File.WriteAllLines(_folder["texts.txt"], Enumerable.Range(0, 150).Select(_ =>
            string.Join(' ', Enumerable.Range(0, 4 + random.NextInt(8)).Select(_ => words[random.NextInt(words.Length)]))));
        _settings = new EncoderSettings
        {
            Tokenizer = "wordpiece", Corpora = [_folder["texts.txt"]], Hidden = 8, HeldOut = 0.1, MaximumLength = 16,
            Text = new EncoderSettings.TextOptions { VocabularySize = 50, KeepAccents = true },
            Pretraining = new EncoderPretrainingOptions { Epochs = 3, Batch = 8 },
        };
    }

    public void Dispose() => _folder.Dispose();

    private EncoderStore Store(RunServices? run = null) =>
        new(_folder["checkpoints"], new TrainingOptions(), new DataFolders([]), run ?? RunServices.Silent);

    [Fact]
    public void An_exported_encoder_reads_as_the_trained_one_and_is_found_by_its_settings()
    {
        var trained = Store().Obtain(_settings);
        EncoderStore.Export(trained, _folder["checkpoints/mine/tiny"], "./run.sh pretrain …");
        string[] texts = ["The cat came again.", "Noël, noel and NOËL", "", "un mot inconnu ☃"];
        var (of, read) = (FrozenEncoder.Of("tiny", trained), SavedRepresentations.LoadEncoder(_folder["checkpoints/mine/tiny"]));
        Assert.Equal(of.Digest, read.Digest);
        Assert.Equal(of.Tokens(texts, "here").Tokens, read.Tokens(texts, "here").Tokens);
        Assert.NotEqual(read.Text!.Encode("Noël", 16, out _), read.Text.Encode("noel", 16, out _));
        Assert.Equal(16, read.Text.MaximumLength);

        Directory.Delete(trained.Folder, recursive: true);
        File.Delete(_folder["texts.txt"]);
        var found = Store().Obtain(_settings);
        Assert.EndsWith("mine/tiny", found.Folder, StringComparison.Ordinal);
        Assert.Equal(trained.Weights.Values, found.Weights.Values);
        var card = File.ReadAllText(_folder["checkpoints/mine/tiny/README.md"]);
        Assert.Contains("A BERT encoder for texts", card, StringComparison.Ordinal);
        Assert.Contains("held out; WordPiece, lower case, with accents, 50 tokens learned from the others", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_pretraining_continues_to_the_same_bits()
    {
        var straight = Store().Obtain(_settings);
        Directory.Delete(straight.Folder, recursive: true);
        for (var stops = 0; ; stops++)
        {
            var stop = new StopSignal();
            try
            {
                var continued = Store(RunServices.Silent with { Stop = stop, Metrics = new StopAfter(stop, lines: 11) }).Obtain(_settings);
                Assert.True(stops > 1);
                Assert.Equal(straight.Weights.Values, continued.Weights.Values);
                Assert.Equal(straight.Record.MaskedTokenLoss, continued.Record.MaskedTokenLoss);
                return;
            }
            catch (StoppedException)
            {
                Assert.True(stops < 50);
            }
        }
    }

    [Fact]
    public void It_learns_what_stands_in_one_text()
    {
        // A text has one word again and again, which chance guesses once in ten times.
        string[] words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        var random = new RandomStream(1, "repeats");
        File.WriteAllLines(_folder["repeats.txt"], Enumerable.Range(0, 300).Select(row =>
            $"{string.Join(' ', Enumerable.Repeat(words[row % 10], 4 + row / 30))} {words[random.NextInt(10)]}").Distinct());
        var record = Store().Obtain(_settings with
        {
            Corpora = [_folder["repeats.txt"]], Hidden = 16,
            Text = new EncoderSettings.TextOptions { VocabularySize = 200 },
            Pretraining = new EncoderPretrainingOptions { Epochs = 20, LearningRate = 5e-3 },
        }).Record;
        Assert.InRange(record.MaskedTokenAccuracy, 0.4, 1);
    }
}
