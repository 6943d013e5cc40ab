namespace W2S.Bench;

/// <summary>A study that is disturbed: one command, or one after another, each of which continues what it finds.</summary>
internal sealed record TrialStudy(string Name, params IReadOnlyList<string> Commands)
{
    /// <summary>Commands before it that are not disturbed.</summary>
    public IReadOnlyList<string> Prepare { get; init; } = [];

    /// <summary>Files of the data folders, without which it cannot be tried.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    public bool NeedsRDKit { get; init; }

    /// <summary>What lets a failed command be tried again where it would not be by itself. Its own end says nothing.</summary>
    public string? Pardon { get; init; }
}

/// <summary>Every stage, solver, store and kind of run.</summary>
internal static class TrialStudies
{
    /// <summary>In a command, the address of a mirror of the data folders.</summary>
    public const string Mirror = "{mirror}";

    private const string Gaussian = "--tasks 10 --samples 400 --epochs 60 --save-every 5% --threads 1 --quiet";
    private const string Encoder = "--corpus synthetic-smiles --hidden 8 --layers 1 --heads 2 --epochs 1 --save-every 5% --quiet";
    private const string Table = "--data synthetic-smiles --splits 122 --hidden 8 --epochs 1 --save-every 5% --threads 1 --quiet";
    private const string TableWeak = $"train-weak {Table} --out out/weak";

    private const string Brief = "--tasks 2 --samples 50 --epochs 4 --save-every 50% --threads 1 --quiet";
    private const string BriefEncoder = "--hidden 4 --layers 1 --heads 2 --epochs 1 --save-every 50% --quiet";

    /// <summary>At sizes that take a second or two, so that kills meet them at work.</summary>
    public static IReadOnlyList<TrialStudy> Long { get; } =
    [
        new("networks and heads, fused", $"reproduce 2b --engine fused {Gaussian} --head-epochs 2000 --out out"),
        new(
            "networks and heads, torch",
            $"reproduce 2b --engine torch --tasks 4 --samples 100 --epochs 10 --head-epochs 60 --save-every 5% --threads 1 "
                + "--quiet --out out"),
        new("least squares", $"reproduce 2b 2c 3a --solver exact {Gaussian} --out out"),
        new("Newton's method", $"reproduce kl2c --solver newton --tasks 6 --samples 400 --threads 1 --quiet --out out"),
        new("an encoder", $"pretrain {Encoder} --out out"),
        new("an encoder, torch", $"pretrain {Encoder} --engine torch --set pretraining.batch=200 --out out"),
        new(
            "the stages on a table, ridge", TableWeak,
            $"train-w2s out/weak --corpus synthetic-smiles --hidden 12 --layers 1 --epochs 1 --save-every 5% --threads 1 --quiet "
                + "--out out/student"),
        new("heads on a table, adamw", $"{TableWeak} --solver adamw --head-epochs 40"),
        new("features in train mode", $"{TableWeak} --train-mode-passes 4"),
        new("features of a table", "features --data synthetic-smiles --encoder encoder --out out/features.npy --quiet")
        {
            Prepare = [$"pretrain {Encoder} --out pretrained --save encoder"],
        },
        new("downloads", $"data fetch esol esol-splits lipop lipop-splits --mirror {Mirror} --to out --quiet")
        {
            Data = ["moleculenet/ESOL.csv", "moleculenet/Lipop.csv"],
        },
        new("a sweep", "sweep run out --in-process --quiet") { Prepare = ["sweep plan sweep.yaml --out out"] },
        new("a sweep of encoders", "sweep run out --in-process --quiet") { Prepare = ["sweep plan encoders.yaml --out out"] },
    ];

    /// <summary>As short as can be, for each is run again and again to fail at one write after another.</summary>
    public static IReadOnlyList<TrialStudy> Short { get; } =
    [
        new("networks and heads", $"reproduce 2b --engine fused {Brief} --head-epochs 20 --out out"),
        new("an encoder", $"pretrain --corpus texts.txt --tokenizer wordpiece {BriefEncoder} --out out --save out/saved"),
        new(
            "a table", "train-weak --data labels.csv --weak features:features.csv --solver adamw --head-epochs 4 --random-splits 0 "
                + "--out out/weak --quiet",
            "train-w2s out/weak --strong features:strong.csv --out out/student --quiet"),
        new("features", "features --data table.csv --text-column text --encoder encoder --out out/features.npy --quiet")
        {
            Prepare = [$"pretrain --corpus texts.txt --tokenizer wordpiece {BriefEncoder} --out pretrained --save encoder"],
        },
        new("a probe", "probe --weak features.csv --strong strong.csv --labels labels.csv --out out --quiet"),
        new("downloads", $"data fetch esol-splits --mirror {Mirror} --to out --quiet") { Data = ["moleculenet/ESOL.csv"] },
        new("a prepared corpus", "data prepare molecules.csv --out out/prepared --renumberings 1 --keep-overlaps --jobs 1 --quiet")
        {
            NeedsRDKit = true,
        },
        new("a sweep", "sweep plan brief.yaml --out out", "sweep run out --in-process --quiet", "sweep collect out --quiet")
        {
            Pardon = "sweep retry out --quiet",
        },
    ];

    /// <summary>Files that the commands read.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["sweep.yaml"] = """
            panels: [2b, 3a]
            settings: { engine: fused, heads: { tasks: 5, samples: 200, optimiser: { epochs: 300 } }, evaluation: { samples: 200 },
                pretraining: { samples: 200, optimiser: { epochs: 30 } } }
            grid: { seed: 0..1 }
            save_every: 10%
            deaths: 100000
            """,
        ["encoders.yaml"] = """
            settings:
              data: synthetic-smiles
              weak: { encoder: { hidden: 4, layers: 1, pretraining: { epochs: 1, batch: 200 } } }
              strong: { encoder: { hidden: 8, layers: 1, heads: 2, pretraining: { epochs: 1, batch: 200 } } }
            grid: { splits: ["[122]", "[123]"] }
            save_every: 10%
            deaths: 100000
            """,
        ["brief.yaml"] = """
            panels: [2b]
            settings: { engine: fused, heads: { tasks: 2, samples: 50, optimiser: { epochs: 20 } }, evaluation: { samples: 50 },
                pretraining: { tasks: 2, samples: 50, optimiser: { epochs: 4 } } }
            grid: { seed: 0..1 }
            save_every: 50%
            retries: 1
            """,
        ["texts.txt"] = Lines("A text on each line.", Words),
        ["molecules.csv"] = "smiles\nCCO\nc1ccccc1O\nOCC\nCC(=O)Nc1ccc(O)cc1\nC[C@H](N)C(=O)O\n",
        ["table.csv"] = Lines("label,text", row => $"{row % 7},\"{Words(row)}\""),
        ["labels.csv"] = Lines("label", row => $"{row % 7}"),
        ["features.csv"] = Lines("a,b", row => $"{row % 7 + row % 3},{row % 5}"),
        ["strong.csv"] = Lines("a,b,c", row => $"{row % 7},{row % 3},{row % 5}"),
    };

    private static string Lines(string header, Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, 60).Select(line).Prepend(header).Select(text => $"{text}\n"));

    private static string Words(int number) => $"text {number} of so many {(number % 2 == 0 ? "even" : "odd")} ones, {number % 7} by seven";
}
