using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public sealed class EncoderStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EncoderSettings _settings = new()
    {
        Corpora = ["small"], Hidden = 8, HeldOut = 0.1, Pretraining = new EncoderPretrainingOptions { Epochs = 3, Batch = 8 },
    };

    public EncoderStoreTests()
    {
        var molecules = SyntheticMolecules.Generate(120, 4);
        PreparedFolder.Write(
            _folder["prepared/small"], [.. molecules.Select(molecule => new[] { molecule.Aromatic, molecule.Kekulised })],
            [.. molecules.Select(molecule => (float)(molecule.Property / 12 + 0.5))]);
    }

    public void Dispose() => _folder.Dispose();

    private EncoderStore Store(RunServices? run = null) => new(_folder["checkpoints"], new TrainingOptions(), new DataFolders([_folder.Path]), run ?? RunServices.Silent);

    [Fact]
    public void An_encoder_is_trained_once_and_found_from_then_on()
    {
        var trained = Store().Obtain(_settings);
        var found = Store().Obtain(_settings);
        Assert.False(trained.Found);
        Assert.True(found.Found);
        Assert.Equal(trained.Weights.Values, found.Weights.Values);
        Assert.Equal(trained.Record.MaskedTokenLoss, found.Record.MaskedTokenLoss);
        Assert.True(trained.Record.HeldOutExamples > 0 && trained.Record.DescriptorLoss > 0 && trained.Record.MaskedTokenAccuracy > 0);
        Assert.NotEqual(trained.Folder, Store().Obtain(_settings with { Seed = 1 }).Folder);
    }

    [Fact]
    public void A_stopped_pretraining_continues_to_the_same_bits()
    {
        var straight = Store().Obtain(_settings);
        Directory.Delete(straight.Folder, recursive: true);
        for (var stops = 0; ; stops++)
        {
            var stop = new StopSignal();
            var sink = new StopAfter(stop, lines: 11);
            try
            {
                var continued = Store(RunServices.Silent with { Stop = stop, Metrics = sink }).Obtain(_settings);
                Assert.True(stops > 1);
                Assert.Equal(straight.Weights.Values, continued.Weights.Values);
                Assert.Equal(straight.Record.TrainingLoss, continued.Record.TrainingLoss);
                return;
            }
            catch (StoppedException)
            {
                Assert.True(stops < 50);
            }
        }
    }

    [Fact]
    public void An_exported_encoder_is_found_by_its_settings_without_its_corpus()
    {
        var trained = Store().Obtain(_settings);
        EncoderStore.Export(trained, _folder["checkpoints/molecules/tiny"], "./run.sh pretrain …");
        Directory.Delete(trained.Folder, recursive: true);
        Directory.Delete(_folder["prepared"], recursive: true);
        var found = Store().Obtain(_settings);
        Assert.Equal(trained.Weights.Values, found.Weights.Values);
        Assert.Equal(trained.Record.MaskedTokenLoss, found.Record.MaskedTokenLoss);
        Assert.Throws<UserErrorException>(() => Store().Obtain(_settings with { Seed = 2 }));

        var read = HuggingFaceFolder.Read(_folder["checkpoints/molecules/tiny"]);
        Assert.Equal(trained.Weights.Values, read.Weights.Values);
        var card = File.ReadAllText(_folder["checkpoints/molecules/tiny/README.md"]);
        Assert.Contains("./run.sh pretrain …", card, StringComparison.Ordinal);
        Assert.Contains("small: 120 molecules, 1 descriptor", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IEngine.Choice.Auto, 0.0, "fused")]
    [InlineData(IEngine.Choice.Auto, 0.1, "torch")]
    [InlineData(IEngine.Choice.Torch, 0.0, "torch")]
    public void The_engine_is_the_fastest_that_can_do_it_unless_one_is_asked_for(IEngine.Choice choice, double dropout, string engine)
    {
        var settings = _settings with { Pretraining = _settings.Pretraining with { Dropout = dropout, Epochs = 1 } };
        var store = new EncoderStore(_folder["engines"], new TrainingOptions(), new DataFolders([_folder.Path]), RunServices.Silent) { Engine = choice };
        Assert.StartsWith(engine, store.Obtain(settings).Record.Engine, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fused_engine_says_what_it_lacks()
    {
        var settings = _settings with { Pretraining = _settings.Pretraining with { Precision = EncoderPrecision.BFloat16 } };
        var store = new EncoderStore(_folder["engines"], new TrainingOptions(), new DataFolders([_folder.Path]), RunServices.Silent) { Engine = IEngine.Choice.Fused };
        Assert.Contains("bfloat16", Assert.Throws<UserErrorException>(() => store.Obtain(settings)).Message, StringComparison.Ordinal);
    }
}
