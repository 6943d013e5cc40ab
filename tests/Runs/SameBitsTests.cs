using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

/// <summary>The same cell gives the same bits from every command: a whole study, the stages one at a time, and a sweep.</summary>
[Collection(Alone.Name)]
public sealed class SameBitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adamw")]
    [InlineData("exact")]
    [InlineData("ridge")]
    public void A_Gaussian_task(string solver) => AssertSame(
        SmallStudies.Of("2b", $"heads.solver={solver}").Single(),
        $$"""
        panels: 2b
        settings:
          heads: { tasks: 6, samples: 150, solver: {{solver}}, optimiser: { epochs: 20 } }
          evaluation: { samples: 400 }
          pretraining: { tasks: 3, samples: 100, optimiser: { epochs: 20 } }
        """);

    [Theory]
    [InlineData("newton", "cross-entropy", "soft", 0)]
    [InlineData("newton", "cross-entropy", "soft", 0.3)]
    [InlineData("adamw", "cross-entropy", "hard", 0.3)]
    [InlineData("adamw", "mixture", "soft", 0)]
    public void A_Gaussian_task_of_classes(string solver, string objective, string labels, double noise) => AssertSame(
        SmallStudies.Of("kl2c", $"heads.solver={solver}", $"objective.name={objective}", $"classes.labels={labels}", $"label_noise.share={noise}").Single(),
        $$"""
        panels: kl2c
        settings:
          objective: { name: {{objective}} }
          classes: { labels: {{labels}} }
          label_noise: { share: {{noise}} }
          heads: { tasks: 6, samples: 150, solver: {{solver}}, optimiser: { epochs: 20 } }
          evaluation: { samples: 400 }
          pretraining: { tasks: 3, samples: 100, optimiser: { epochs: 20 } }
        """);

    [Theory]
    [InlineData("adamw", "train", 0, "splits=[124, 122]")]
    [InlineData("exact", "half", 0, "splits=[124, 122]")]
    [InlineData("ridge", "train", 0, "splits=[124, 122]")]
    [InlineData("ridge", "valid", 2, "splits=[124, 122]")]
    [InlineData("adamw", "valid", 2, "splits=[124, 122]")]
    [InlineData("ridge", "half", 0, "random_splits=[7, 2]")]
    [InlineData("ridge", "half", 0, "folds=3")]
    [InlineData("adamw", "valid", 0, "folds=3")]
    public void A_split_of_molecules(string solver, string protocol, int passes, string division)
    {
        var (weak, strong) = (Save("weak", 4), Save("strong", 12));
        var study = SmallTables.Study(
            $"weak.from={weak}", $"strong.from={strong}", division, $"protocol={protocol}", $"heads.solver={solver}", "heads.optimiser.epochs=2", "seed=3", $"features.train_mode_passes={passes}");
        AssertSame(study,
            $$"""
            settings:
              name: small
              data: synthetic-smiles
              seed: 3
              {{division.Replace("=", ": ")}}
              weak: { from: {{weak}} }
              strong: { from: {{strong}} }
              protocol: {{protocol}}
              features: { train_mode_passes: {{passes}} }
              heads: { solver: {{solver}}, optimiser: { epochs: 2 } }
            """);
    }

    [Fact]
    public void A_split_of_molecules_whose_encoders_train()
    {
        var (weak, strong) = (Save("weak", 4), Save("strong", 12));
        var study = SmallTables.Study(
            $"weak.from={weak}", $"strong.from={strong}", "splits=[124, 122]", "heads.solver=adamw", "heads.trainable_blocks=1",
            "heads.weak_trainable_blocks=1", "heads.optimiser.batch=200", "heads.optimiser.epochs=1");
        AssertSame(study,
            $$"""
            settings:
              name: small
              data: synthetic-smiles
              splits: [124, 122]
              weak: { from: {{weak}} }
              strong: { from: {{strong}} }
              heads: { solver: adamw, trainable_blocks: 1, weak_trainable_blocks: 1, optimiser: { batch: 200, epochs: 1 } }
            """);
    }

    [Theory]
    [InlineData("newton", "cross-entropy")]
    [InlineData("adamw", "brier")]
    public void A_fold_of_a_table_of_classes(string solver, string objective)
    {
        var random = new RandomStream(0, "examples");
        var rows = Enumerable.Range(0, 50).Select(_ => (A: random.NextNormal(), B: random.NextNormal(), Class: random.NextInt(3))).ToList();
        File.WriteAllLines(_folder["mine.csv"], rows.Select(row => $"{row.Class}").Prepend("class"));
        File.WriteAllLines(_folder["weak.csv"], rows.Select(row => $"{row.A:R}").Prepend("a"));
        File.WriteAllLines(_folder["strong.csv"], rows.Select(row => $"{row.A + row.Class:R},{row.B:R}").Prepend("a,b"));
        var (weak, strong) = ($"features:{_folder["weak.csv"]}", $"features:{_folder["strong.csv"]}");
        var study = SmallTables.Study(
            $"data={_folder["mine.csv"]}", $"weak.from={weak}", $"strong.from={strong}", "folds=4", "protocol=half", $"heads.solver={solver}", "heads.standardise=false",
            "heads.optimiser.epochs=3", $"objective.name={objective}", "classes.smoothing=0.05", "label_noise.share=0.2");
        AssertSame(study,
            $$"""
            settings:
              name: small
              data: {{_folder["mine.csv"]}}
              folds: 4
              weak: { from: "{{weak}}" }
              strong: { from: "{{strong}}" }
              protocol: half
              objective: { name: {{objective}} }
              classes: { smoothing: 0.05 }
              label_noise: { share: 0.2 }
              heads: { solver: {{solver}}, standardise: false, optimiser: { epochs: 3 } }
            """);
    }

    [Fact]
    public void A_split_of_files_that_are_joined_by_identifiers()
    {
        using var files = new ProbeFiles();
        var (ids, weak, strong, labels) = ProbeFiles.Draw(80);
        var (one, other) = ($"features:{files.Write("weak.csv", ids, weak, Enumerable.Range(0, 80).Reverse())}", $"features:{files.Write("strong.csv", ids, strong)}");
        var truth = files.Write("labels.csv", ids, [.. labels.Select(label => (double[])[label])], column: "y");
        var splits = files.Write("splits.csv", ids.Select((id, row) => $"{id},{row % 5 / 4}").Prepend("id,held_out"));
        var study = SmallTables.Study($"data={truth}", $"weak.from={one}", $"strong.from={other}", "table.columns=y", "table.id=id", $"table.splits={splits}");
        AssertSame(study,
            $$"""
            settings:
              name: small
              data: {{truth}}
              table: { columns: y, id: id, splits: {{splits}} }
              weak: { from: "{{one}}" }
              strong: { from: "{{other}}" }
            """);
    }

    private void AssertSame(Study study, string sweep)
    {
        var reproduced = Assert.Single(new[] { study }.Run(_folder["study"])).Cells;

        var stages = new StageRuns(_folder["checkpoints"], new DataFolders(["."]), 1, new TrainingOptions(), force: false, "w2s", RunServices.Silent);
        var weak = stages.Train("weak", study, null);
        var student = stages.TrainStudent(weak.Folder, study, null);
        var evaluated = stages.Evaluate(student.Folder, stages.Train("strong", study, null).Folder, null).Panel.Cells;

        var plan = Sweep.Plan(SweepFile.Parse(sweep, "sweep.yaml"), _folder["sweep"]).Plan;
        SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options(), RunServices.Silent);
        var swept = ResultFile.Read(plan.Folder.Run(plan.Runs.Single(run => run.Kind == "study").Identity)).Panel.Cells;

        Assert.Equal(Fingerprint.Of(reproduced), Fingerprint.Of(evaluated));
        Assert.Equal(Fingerprint.Of(reproduced), Fingerprint.Of(swept));
    }

    private string Save(string name, int hidden) => TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1), _folder[name]);
}
