using System.Text.Json;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Runs.Kinds;
using W2S.Runs.Plans;
using W2S.Runs.Results;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

/// <summary>Sweeps of the molecular study, on generated molecules and with encoders that take milliseconds to pretrain.</summary>
public sealed class TableSweepTests : IDisposable
{
    private const string TwoWidthsOnTwoSplits = """grid: { weak.encoder.hidden: [4, 6], splits: ["[122]", "[123]"] }""";

    private readonly TemporaryFolder _folder = new();

    public TableSweepTests() =>
        PreparedFolder.Write(_folder["corpus"], [.. SyntheticMolecules.Generate(120, 4).Select(molecule => new[] { molecule.Aromatic, molecule.Kekulised })]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encoders_become_runs_that_all_share_who_need_them()
    {
        var plan = Plan("s", Pretrained(TwoWidthsOnTwoSplits));
        Assert.Equal(["encoder-1x4-seed0", "encoder-1x8-seed0", "encoder-1x6-seed0"], plan.Runs.Where(run => run.Kind == "encoder").Select(run => run.Name));
        var studies = plan.Runs.Where(run => run.Kind == "study").ToList();
        Assert.Equal(
            ["tables-synthetic-smiles-122-1x4-to-1x8-seed0", "tables-synthetic-smiles-123-1x4-to-1x8-seed0", "tables-synthetic-smiles-122-1x6-to-1x8-seed0", "tables-synthetic-smiles-123-1x6-to-1x8-seed0"],
            studies.Select(run => run.Name));
        Assert.Equal(studies[0].After, studies[1].After);
        Assert.Single(studies.Select(run => run.After[1]).Distinct());
        Assert.All(studies, run => Assert.Equal((1, 2), (run.Level, run.After.Count)));
        // Where threads or the order of the file differ, nothing new is planned.
        Assert.Equal(0, Sweep.Plan(SweepFile.Parse(Pretrained(TwoWidthsOnTwoSplits).Replace("settings:", "settings:\n  threads: 3"), "sweep.yaml"), _folder["s"]).Added);
    }

    [Fact]
    public void Every_encoder_is_trained_once_and_is_the_one_that_a_pretraining_of_its_settings_gives()
    {
        var plan = Plan("s", Pretrained(TwoWidthsOnTwoSplits));
        Assert.Equal(new SweepWorker.Outcome(7, 7, 0, 0), plan.Work());
        Assert.Equal(new SweepWorker.Outcome(7, 0, 0, 0), plan.Work());
        var encoder = plan.Runs[0];
        var left = Directory.GetFileSystemEntries(plan.Folder.Run(encoder.Identity)).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["README.md", "config.json", "config.yaml", "encoder.json", "log.txt", "model.safetensors", "result.json", "vocab.txt"], left);
        var study = plan.Runs.Last();
        Assert.Equal(["log.txt", "result.json", "rows.csv", "summary.json"], Directory.GetFileSystemEntries(plan.Folder.Run(study.Identity)).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var options = (Study)new StudyRunKind().Read(plan.Runs.First(run => run.Kind == "study").Settings);
        var pretrained = Stages().Pretrain(options.Weak.Encoder, IEngine.Choice.Auto, "cpu", save: null);
        var trained = SavedRepresentations.LoadEncoder(plan.Folder.Run(encoder.Identity));
        Assert.Equal(FrozenEncoder.Of("weak", pretrained).Digest, trained.Digest);
        Assert.Equal(pretrained.Record.MaskedTokenLoss, PlannedRun.Result.Read(plan.Folder.Run(encoder.Identity))!.Measures["masked_token_loss"]!.Value, 12);
        // Nothing that a finished run left is a leftover.
        Sweep.Clean(plan, logs: true);
        Assert.Equal(trained.Digest, SavedRepresentations.LoadEncoder(plan.Folder.Run(encoder.Identity)).Digest);
    }

    [Fact]
    public void A_sweep_that_is_stopped_again_and_again_ends_in_the_same_results()
    {
        var yaml = Pretrained("grid: { splits: [\"[122]\"] }\nsave_every: 1steps");
        var whole = Plan("whole", yaml);
        whole.Work();
        var stopped = Plan("stopped", yaml);
        var stops = 0;
        var wasContinued = false;
        for (var patience = 20; ; patience += 20)
        {
            var stop = new StopSignal();
            try
            {
                stopped.Work(RunServices.Silent with { Stop = stop, Time = new Impatient(stop, patience) });
                break;
            }
            catch (StoppedException)
            {
                stops++;
                wasContinued |= Directory.GetDirectories(stopped.Folder.Runs, "checkpoints-*", SearchOption.AllDirectories).Length > 0;
            }
        }
        Assert.True(wasContinued, $"none of {stops} stops came in the middle of a training");
        Assert.Equal(Found(whole), Found(stopped));
        foreach (var encoder in whole.Runs.Where(run => run.Kind == "encoder"))
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder.Run(encoder.Identity), "model.safetensors")), File.ReadAllBytes(Path.Combine(stopped.Folder.Run(encoder.Identity), "model.safetensors")));
    }

    [Fact]
    public void Means_are_over_the_seeds_of_encoders_too()
    {
        var plan = Plan("s", Pretrained("grid: { weak.encoder.hidden: [4, 6], zip: { seed: [0, 1], weak.encoder.seed: [0, 1] } }").Replace("data:", "splits: [122]\n  data:"));
        plan.Work();
        var tables = SweepCollection.Read(plan).Kinds.Select(kind => kind.Short()).ToList();
        Assert.Equal(["4 2", "6 2"], tables[0].Table.Rows.Select(row => string.Join(' ', row.Take(2))));
        Assert.Equal(["4 2", "6 2", "8 1"], tables[1].Table.Rows.Select(row => $"{row[tables[1].Table.Headers.ToList().IndexOf("hidden")]} {row[tables[1].Table.Headers.ToList().IndexOf("runs")]}"));
    }

    [Fact]
    public void Other_weights_in_a_named_folder_are_another_run_and_never_the_planned_one()
    {
        var yaml = Saved("retries: 0\n");
        var plan = Plan("s", yaml);
        Save("weak", hidden: 4, seed: 9);
        Assert.Equal(1, plan.Work().Failed);
        Assert.Contains("is not what this run was made with: its SHA-256 begins with", SweepStatus.Of(plan, TimeProvider.System).Troubled.Single().Message);
        var again = Sweep.Plan(SweepFile.Parse(yaml, "sweep.yaml"), _folder["again"]).Plan;
        Assert.NotEqual(plan.Runs[0].Identity, again.Runs[0].Identity);
    }

    [Theory]
    [InlineData("preset: notebook", "is about Gaussian tasks")]
    [InlineData("grid: { data: [lipop, tox21] }", "There is no data set tox21")]
    [InlineData("grid: { weak.from: [nowhere] }", "There is no folder nowhere")]
    [InlineData("grid: { weak.dept: [1, 2] }", "there is no setting weak.dept")]
    public void What_a_sweep_on_tables_cannot_be_is_refused_in_words(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Plan("s", $"settings: {{ data: lipop }}\n{yaml}")).Message);

    [SkippableFact]
    public void The_sweep_in_configs_is_what_its_header_says()
    {
        RepositoryData.Load("lipop");
        var root = Path.GetFullPath(Path.Combine(Folder(), "../.."));
        var text = File.ReadAllText(Path.Combine(root, "configs/sweeps/molecules.yaml")).Replace("checkpoints/molecules/", $"{root}/checkpoints/molecules/");
        var plan = Sweep.Plan(SweepFile.Parse(text, "sweep.yaml"), _folder["s"], RepositoryData.Folders).Plan;
        Assert.Equal(72, plan.Runs.Count);
        Assert.All(plan.Runs, run => Assert.Equal(("study", 0), (run.Kind, run.Level)));
    }

    private SweepPlan Plan(string folder, string yaml) => Sweep.Plan(SweepFile.Parse(yaml, "sweep.yaml"), _folder[folder]).Plan;

    /// <summary>Both encoders pretrained for two epochs on 120 molecules.</summary>
    private string Pretrained(string rest) => $$"""
        settings:
          data: synthetic-smiles
          weak: { encoder: { corpora: [{{_folder["corpus"]}}], hidden: 4, layers: 1, held_out: 0.1, pretraining: { epochs: 2, batch: 16 } } }
          strong: { encoder: { corpora: [{{_folder["corpus"]}}], hidden: 8, layers: 1, heads: 2, held_out: 0.1, pretraining: { epochs: 2, batch: 16 } } }
        {{rest}}
        """;

    /// <summary>Both encoders saved ones.</summary>
    /// <param name="rest">More settings, indented, then what else the file says.</param>
    private string Saved(string rest) => $$"""
        settings:
          data: synthetic-smiles
          weak: { from: {{Save("weak", hidden: 4, seed: 1)}} }
          strong: { from: {{Save("strong", hidden: 12, seed: 1)}} }
        {{rest}}
        """;

    private string Save(string name, int hidden, long seed) => TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1, seed: seed), _folder[name]);

    private StageRuns Stages() => new(_folder["stages"], DataFolders.Usual(), 1, new TrainingOptions(), force: false, "./run.sh test", RunServices.Silent);

    /// <summary>Everything that studies found, times aside.</summary>
    private static List<string> Found(SweepPlan plan) =>
    [
        .. plan.Runs.Select(run => JsonSerializer.Serialize(PlannedRun.Result.Read(plan.Folder.Run(run.Identity))!.Measures)),
        .. plan.Runs.Where(run => run.Kind == "study").Select(run => Fingerprint.Of(ResultFile.Read(plan.Folder.Run(run.Identity)).Panel.Cells)),
    ];

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>Asks for a stop when the time was asked for so often: now and then in the middle of a training.</summary>
    private sealed class Impatient(StopSignal stop, int patience) : TimeProvider
    {
        private int _asked;

        public override long GetTimestamp()
        {
            if (Interlocked.Increment(ref _asked) == patience) stop.Set("a test");
            return base.GetTimestamp();
        }
    }
}
