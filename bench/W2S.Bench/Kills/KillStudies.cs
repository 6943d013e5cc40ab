namespace W2S.Bench;

/// <summary>A study that is killed: one command, or one after another, each of which continues what it finds.</summary>
/// <param name="Prepare">Commands before it that are not killed.</param>
internal sealed record KillStudy(string Name, IReadOnlyList<string> Commands)
{
    public IReadOnlyList<string> Prepare { get; init; } = [];

    /// <summary>Files of the data folders, without which it cannot be tried.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];
}

/// <summary>Every stage, solver, store and kind of run, at sizes that take a second or two.</summary>
internal static class KillStudies
{
    /// <summary>In a command, the address of a mirror of the data folders.</summary>
    public const string Mirror = "{mirror}";

    private const string Gaussian = "--tasks 10 --samples 400 --epochs 60 --save-every 5% --threads 1 --quiet";
    private const string Encoder = "--corpus synthetic-smiles --hidden 8 --layers 1 --heads 2 --epochs 1 --save-every 5% --quiet";
    private const string Table = "--data synthetic-smiles --splits 122 --hidden 8 --epochs 1 --save-every 5% --threads 1 --quiet";
    private const string TableWeak = $"train-weak {Table} --out out/weak";

    public static IReadOnlyList<KillStudy> All { get; } =
    [
        new("networks and heads, fused", [$"reproduce 2b --engine fused {Gaussian} --head-epochs 2000 --out out"]),
        new("networks and heads, torch", [$"reproduce 2b --engine torch --tasks 4 --samples 100 --epochs 10 --head-epochs 60 --save-every 5% --threads 1 --quiet --out out"]),
        new("least squares", [$"reproduce 2b 2c 3a --solver exact {Gaussian} --out out"]),
        new("Newton's method", [$"reproduce kl2c --solver newton --tasks 6 --samples 400 --threads 1 --quiet --out out"]),
        new("an encoder", [$"pretrain {Encoder} --out out"]),
        new("an encoder, torch", [$"pretrain {Encoder} --engine torch --set pretraining.batch=200 --out out"]),
        new("the stages on a table, ridge", [TableWeak, $"train-w2s out/weak --corpus synthetic-smiles --hidden 12 --layers 1 --epochs 1 --save-every 5% --threads 1 --quiet --out out/student"]),
        new("heads on a table, adamw", [$"{TableWeak} --solver adamw --head-epochs 40"]),
        new("features in train mode", [$"{TableWeak} --train-mode-passes 4"]),
        new("features of a table", ["features --data synthetic-smiles --encoder encoder --out out/features.npy --quiet"])
        {
            Prepare = [$"pretrain {Encoder} --out pretrained --save encoder"],
        },
        new("downloads", [$"data fetch esol esol-splits lipop lipop-splits --mirror {Mirror} --to out --quiet"]) { Data = ["moleculenet/ESOL.csv", "moleculenet/Lipop.csv"] },
        new("a sweep", ["sweep run out --in-process --quiet"]) { Prepare = ["sweep plan sweep.yaml --out out"] },
        new("a sweep of encoders", ["sweep run out --in-process --quiet"]) { Prepare = ["sweep plan encoders.yaml --out out"] },
    ];

    /// <summary>Files that the commands read.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["sweep.yaml"] = """
            panels: [2b, 3a]
            settings: { engine: fused, heads: { tasks: 5, samples: 200, optimiser: { epochs: 300 } }, evaluation: { samples: 200 }, pretraining: { samples: 200, optimiser: { epochs: 30 } } }
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
    };
}
