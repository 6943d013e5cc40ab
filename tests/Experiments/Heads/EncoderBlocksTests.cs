using W2S.Data;
using W2S.Models;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>Studies whose encoders' last blocks train with the heads.</summary>
[Collection(Alone.Name)]
public class EncoderBlocksTests
{
    private static readonly string[] Short =
    [
        "heads.solver=adamw", "heads.optimiser.epochs=2", "heads.optimiser.learning_rate=0.01", "heads.optimiser.batch=10",
        "heads.optimiser.warm_up=0.1", "heads.optimiser.schedule=linear", "heads.optimiser.accumulate=2", "heads.optimiser.max_grad_norm=1",
        "features.pooling=mean", "protocol=half",
    ];

    private static readonly MoleculeData Molecules = Few(SmallTables.Molecules);

    [Theory]
    [InlineData("objective.name=squared")]
    [InlineData("objective.name=squared", "heads.standardise=false")]
    [InlineData("classes.from_numbers=3", "objective.name=cross-entropy", "heads.standardise=false", "classes.smoothing=0.05")]
    [InlineData("classes.from_numbers=2", "objective.name=brier", "heads.standardise=false")]
    [InlineData("classes.from_numbers=2", "objective.name=logconf", "heads.standardise=false", "classes.smoothing=0.05")]
    [InlineData("objective.name=squared", "heads.early_stopping.criterion=loss", "heads.early_stopping.looks=3")]
    public void All_three_stages_train_blocks_and_their_measures_hang_together(params string[] objective)
    {
        var cells = Run([.. objective, "heads.trainable_blocks=1", "heads.weak_trainable_blocks=2"]).Cells;
        var frozen = Run([.. objective]).Cells;
        foreach (var (cell, heads) in cells.Zip(frozen))
        {
            Assert.Equal(cell.WeakError - cell.StudentError, cell.Gain);
            Assert.True(cell.Misfit > 0);
            Assert.NotEqual(heads.WeakError, cell.WeakError);
            Assert.NotEqual(heads.StudentError, cell.StudentError);
            Assert.NotEqual(heads.StrongError, cell.StrongError);
        }
    }

    [Fact]
    public void Every_stage_and_split_begins_with_the_pretrained_blocks_whatever_was_fitted_before()
    {
        string[] settings = ["heads.trainable_blocks=1", "heads.weak_trainable_blocks=1"];
        var all = Compared(settings).Run(Stages.All);
        var ceiling = Compared([.. settings, "splits=[123]"]).Run([Stages.Strong]);
        Assert.Equal(all.Cells.Single(cell => cell.Cell == 123).StrongError, ceiling.Cells.Single().StrongError);
        Assert.Equal(Fingerprint.Of(all.Cells), Fingerprint.Of(Compared(settings, threads: 2).Run(Stages.All).Cells));
    }

    [Fact]
    public void With_a_rate_of_0_of_the_blocks_a_study_is_that_of_heads_on_frozen_features()
    {
        string[] unclipped = ["heads.optimiser.max_grad_norm=0", "engine=torch"];
        var frozen = Compared(unclipped).Run(Stages.All).Cells;
        var still = Compared([.. unclipped, "heads.trainable_blocks=2", "heads.weak_trainable_blocks=1", "heads.block_rate=0"]).Run(Stages.All).Cells;
        foreach (var (one, other) in frozen.Zip(still))
        {
            Assert.Equal(one.WeakError!.Value, other.WeakError!.Value, 1e-4);
            Assert.Equal(one.StudentError!.Value, other.StudentError!.Value, 1e-4);
            Assert.Equal(one.StrongError!.Value, other.StrongError!.Value, 1e-4);
            Assert.Equal(one.Misfit!.Value, other.Misfit!.Value, 1e-4);
        }
    }

    [Fact]
    public void Fitted_blocks_come_back_from_their_file_and_are_measured_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["run"]);
        string[] settings = ["heads.trainable_blocks=1", "heads.weak_trainable_blocks=2"];
        var outcome = Compared(settings).Run(Stages.All);
        HeadFile.Write(folder["run"], outcome.Fits);
        var known = Stages.All.ToDictionary(stage => stage, stage => HeadFile.Read(folder["run"], stage, hasBias: true));
        Assert.All(known.Values, heads => Assert.IsType<EncoderBlockHeads>(heads));
        Assert.Equal(Fingerprint.Of(outcome.Cells), Fingerprint.Of(Compared(settings).Run(Stages.All, known).Cells));
    }

    [Fact]
    public void A_unit_that_was_dead_before_training_spoils_nothing()
    {
        string[] settings = ["splits=[122]", "heads.trainable_blocks=1", "heads.optimiser.epochs=6", "heads.optimiser.accumulate=1"];
        double Ceiling(float gain)
        {
            var encoder = TinyEncoders.Make(hidden: 12, seed: 2);
            encoder.Weights["encoder.layer.1.output.LayerNorm.weight"][3] = gain; // its bias is 0
            return Compared(settings, strong: encoder).Run([Stages.Strong]).Cells.Single().StrongError!.Value;
        }
        Assert.InRange(Ceiling(1e-30f) / Ceiling(1), 0.8, 1.25);
    }

    [SkippableFact]
    public void On_real_solubilities_a_pretrained_encoder_is_a_better_ceiling_where_its_last_block_trains()
    {
        var data = RepositoryData.Load("esol");
        double Ceiling(int blocks)
        {
            var study = SmallTables.Study(
                "data=esol", "splits=[122]", "features.pooling=mean", "heads.solver=adamw", "heads.optimiser.epochs=8",
                "heads.optimiser.learning_rate=0.005", "heads.optimiser.schedule=linear", $"heads.trainable_blocks={blocks}");
            var encoder = SavedRepresentations.LoadEncoder(Path.Combine(RepositoryData.Root, "checkpoints", "molecules", "weak-16"));
            var strong = new EncoderRepresentation(encoder, study.Features, study.Seed, new FeatureCache(null));
            var solver = HeadSolvers.Create(study, new FusedEngine(1), 1, null, new TrainingOptions(), RunServices.Silent);
            var comparison = new Comparison(study, new SplitTable(data, study), null, strong, solver, RunServices.Silent);
            return comparison.Run([Stages.Strong]).Cells.Single().StrongError!.Value;
        }
        var (frozen, trained) = (Ceiling(0), Ceiling(1));
        Assert.True(trained < 0.9 * frozen, $"The frozen encoder's error is {frozen}, the trained one's {trained}.");
    }

    [Fact]
    public void Blocks_train_through_pairs_of_texts_too()
    {
        var random = new RandomStream(1, "pairs");
        TextData pairs = new(
            "pairs", "Pairs", "of no unit", [.. Texts(120)], [.. Enumerable.Range(0, 120).Select(_ => random.NextNormal())],
            Enumerable.Range(0, 1).ToDictionary(seed => seed, seed => new TableSplit(seed, [.. Enumerable.Range(0, 80)], [.. Enumerable.Range(80, 20)], [.. Enumerable.Range(100, 20)])))
        {
            Digest = "pairs", Seconds = [.. Texts(120)],
        };
        var study = SmallTables.Study(Short) with { Data = ["pairs"] };
        foreach (var arePreferences in new[] { false, true })
        {
            var representation = new PairRepresentation(new EncoderRepresentation(Words(), study.Features, 0, new FeatureCache(null)), arePreferences);
            var encoder = representation.Unfrozen(pairs, 1, EncoderPrecision.Single);
            int[] rows = [5, 0, 119];
            var expected = representation.Features(new Examples.OfTable(0, pairs, [rows])).Values;
            var found = encoder.Features(encoder.Initial, rows);
            Assert.Equal(expected.Length, found.Length);
            foreach (var (one, other) in expected.Zip(found)) Assert.Equal(one, other, 1e-4);
            var trained = study with { Heads = study.Heads with { TrainableBlocks = 1, WeakTrainableBlocks = 1 } };
            Assert.True(SmallTables.Run(trained, pairs, representation, representation).Cells.Single().StudentError > 0);
        }

        IEnumerable<string> Texts(int count) => Enumerable.Range(0, count).Select(_ =>
            string.Join(' ', Enumerable.Range(0, 2 + random.NextInt(6)).Select(_ => $"{(char)('a' + random.NextInt(8))}")));
    }

    [Theory]
    [InlineData("heads.trainable_blocks")]
    [InlineData("heads.weak_trainable_blocks")]
    public void More_blocks_than_the_encoder_has_are_refused_with_its_depth(string setting)
    {
        var error = Assert.Throws<UserErrorException>(() => Compared([$"{setting}=3"]));
        Assert.Contains(setting, error.Message);
        Assert.Contains("2 blocks: train at most these", error.Message);
    }

    [Theory]
    [InlineData("no closed form", "heads.solver=ridge", "heads.trainable_blocks=1")]
    [InlineData("--engine auto", "engine=fused", "heads.trainable_blocks=1")]
    [InlineData("numbers in a file", "strong.from=[features:f.npy]", "heads.trainable_blocks=1")]
    [InlineData("learns nothing", "weak.from=[bag:16]", "heads.weak_trainable_blocks=1")]
    [InlineData("without gradients", "strong.from=[onnx:model.onnx]", "heads.trainable_blocks=1")]
    [InlineData("has 4 blocks", "heads.trainable_blocks=5")]
    [InlineData("train mode", "features.train_mode_passes=2", "heads.trainable_blocks=1")]
    [InlineData("heads.precision", "heads.precision=bfloat16", "heads.trainable_blocks=1")]
    [InlineData("on CUDA", "heads.precision=bfloat16", "heads.trainable_blocks=1")]
    [InlineData("No block trains", "heads.block_rate=0.1")]
    public void What_has_no_blocks_to_train_is_refused_with_the_reason(string why, params string[] settings) =>
        Assert.Contains(why, Assert.Throws<UserErrorException>(() => SmallTables.Study([.. Short, .. settings])).Message);

    [Fact]
    public void On_CUDA_blocks_may_train_in_bfloat16() =>
        SmallTables.Study([.. Short, "device=cuda", "heads.precision=bfloat16", "heads.trainable_blocks=1"]);

    private static PanelResult Run(string[] settings)
    {
        var comparison = Compared(settings);
        return comparison.Result(comparison.Run(Stages.All), "torch", 0);
    }

    private static Comparison Compared(string[] settings, int threads = 1, FrozenEncoder? strong = null)
    {
        var study = SmallTables.Study([.. Short, .. settings]);
        var cache = new FeatureCache(null);
        var weak = new EncoderRepresentation(TinyEncoders.Make(seed: 1), study.Features, study.Seed, cache);
        var wide = new EncoderRepresentation(strong ?? TinyEncoders.Make(hidden: 12, seed: 2), study.Features, study.Seed, cache);
        var solver = HeadSolvers.Create(study, new FusedEngine(threads), threads, null, new TrainingOptions(), RunServices.Silent);
        return new Comparison(study, new SplitTable(Molecules, study), weak, wide, solver, RunServices.Silent);
    }

    /// <summary>A twentieth of each part of two splits.</summary>
    private static MoleculeData Few(MoleculeData all) => all with
    {
        Splits = all.Splits.Where(split => split.Key < 124).ToDictionary(
            split => split.Key, split => new TableSplit(split.Key, Some(split.Value.Train), Some(split.Value.Valid), Some(split.Value.Test))),
    };

    private static int[] Some(IReadOnlyList<int> rows) => [.. rows.Where((_, place) => place % 20 == 0)];

    /// <summary>An encoder of the words a to h that has learned nothing.</summary>
    private static FrozenEncoder Words()
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 8).Select(letter => $"{(char)('a' + letter)}")];
        var shape = new EncoderShape(vocabulary.Length, 8, 2, 2) { MaximumLength = 16 };
        using var folder = new TemporaryFolder();
        new HuggingFaceFolder(shape, EncoderWeights.InitialiseEncoder(shape, 1, "words"), vocabulary).Write(folder.Path);
        return SavedRepresentations.LoadEncoder(folder.Path);
    }
}
