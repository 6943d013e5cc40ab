using W2S.Data;
using W2S.Models;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>The encoders under checkpoints/molecules, which the project brings along.</summary>
public class BroughtAlongTests
{
    private static readonly string Checkpoints = Path.Combine(RepositoryData.Root, "checkpoints");

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(96)]
    public void A_weak_encoder_is_found_by_the_default_settings_and_its_size_with_no_corpus_at_hand(int hidden)
    {
        var store = new EncoderStore(Checkpoints, new TrainingOptions(), new DataFolders([]), RunServices.Silent);
        var encoder = store.Obtain(new EncoderSettings { Hidden = hidden });
        Assert.EndsWith($"weak-{hidden}", encoder.Folder, StringComparison.Ordinal);
        Assert.Equal((2, 2, hidden), (encoder.Shape.Layers, encoder.Shape.Heads, encoder.Shape.HiddenSize));
    }

    [Fact]
    public void Every_one_of_them_reads_generated_molecules_and_the_strong_one_guesses_hidden_tokens_best()
    {
        var accuracies = new Dictionary<string, double>();
        foreach (var folder in Directory.GetDirectories(Path.Combine(Checkpoints, "molecules")))
        {
            var features = SavedRepresentations.LoadEncoder(folder).Of(MoleculeDataSet.Named("synthetic-smiles").Load(new DataFolders([])), EncoderPooling.Pooled);
            Assert.All(features, value => Assert.InRange(value, -1f, 1f));
            Assert.True(features.Max() - features.Min() > 0.1);
            var settings = ConfigurationBinder.Bind<EncoderSettings>([ConfigurationLayer.FromFile(Path.Combine(folder, "config.yaml"))]);
            accuracies[Path.GetFileName(folder)] = new EncoderStore(Checkpoints, new TrainingOptions(), new DataFolders([]), RunServices.Silent).Obtain(settings).Record.MaskedTokenAccuracy;
        }
        Assert.Equal(9, accuracies.Count);
        Assert.Equal("strong", accuracies.MaxBy(pair => pair.Value).Key);
    }

    [SkippableFact]
    public void On_true_labels_the_strong_encoder_beats_every_weak_one_on_every_data_set()
    {
        foreach (var name in (string[])["esol", "freesolv", "lipop"])
        {
            var data = RepositoryData.Load(name);
            var errors = Directory.GetDirectories(Path.Combine(Checkpoints, "molecules")).ToDictionary(folder => Path.GetFileName(folder)!, folder => MeanTestError(folder, data));
            Assert.Equal("strong", errors.MinBy(pair => pair.Value).Key);
        }
    }

    /// <summary>Mean squared error of heads on true labels on the test part, mean over the splits.</summary>
    private static double MeanTestError(string folder, MoleculeData data)
    {
        var representation = new EncoderRepresentation(SavedRepresentations.LoadEncoder(folder), new FeatureOptions(), seed: 0, new FeatureCache(null));
        var solver = HeadSolvers.Create(SmallTables.Study(), new FusedEngine(1), threads: 1, checkpoints: null, new TrainingOptions(), RunServices.Silent);
        var comparison = new Comparison(SmallTables.Study(), new SplitTable(data, SmallTables.Study()), representation, null, solver, RunServices.Silent);
        return comparison.Run([Stages.Weak]).Cells.Average(cell => cell.WeakError!.Value);
    }

    [Theory]
    [InlineData("essays", 3)]
    [InlineData("french-reviews", 4)]
    public void Encoders_of_texts_are_found_by_their_settings_and_the_narrowest_guesses_hidden_pieces_worst(string set, int count)
    {
        var encoders = Directory.GetDirectories(Path.Combine(Checkpoints, set)).Select(folder =>
        {
            var settings = ConfigurationBinder.Bind<EncoderSettings>([ConfigurationLayer.FromFile(Path.Combine(folder, "config.yaml"))]);
            var found = new EncoderStore(Checkpoints, new TrainingOptions(), new DataFolders([]), RunServices.Silent).Obtain(settings);
            Assert.Equal(folder, found.Folder);
            Assert.Equal([set], settings.Corpora);
            Assert.Contains("that a split evaluates left out", found.Record.Sources[0], StringComparison.Ordinal);
            var read = SavedRepresentations.LoadEncoder(folder);
            Assert.Equal(FrozenEncoder.Of("", found).Digest, read.Digest);
            Assert.All(read.Of(read.Tokens(["Été, 1 text", "☃"], "here"), EncoderPooling.Mean), value => Assert.True(float.IsFinite(value)));
            return found;
        }).ToList();
        Assert.Equal(count, encoders.Count);
        Assert.Equal(16, encoders.MaxBy(encoder => encoder.Record.MaskedTokenLoss)!.Settings.Hidden);
    }

    [Fact]
    public void All_of_them_are_small() => Assert.InRange(
        new[] { "molecules", "essays", "french-reviews" }.Sum(set =>
            Directory.GetFiles(Path.Combine(Checkpoints, set), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)),
        1, 16_000_000);
}
