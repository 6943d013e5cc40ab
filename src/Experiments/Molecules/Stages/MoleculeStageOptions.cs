using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>One stage on a labelled set of molecules (2405.15116, section 5.2), for some of its splits.</summary>
public sealed record MoleculeStageOptions
{
    [Description("The labelled set: esol, freesolv, lipop or synthetic-smiles.")]
    public string Data { get; init; } = "lipop";

    [Description("ChemBench's splits, by their seeds.")]
    public IReadOnlyList<int> Splits { get; init; } = [122, 123, 124];

    [Description("Where the student gets weak labels: train (where the weak model was fitted), valid, or half (the weak model is fitted on the other half of train).")]
    public MoleculeProtocol W2sOn { get; init; } = MoleculeProtocol.Train;

    [Description("Seed of the random streams of fitting heads.")]
    [Range(0, long.MaxValue)]
    public long Seed { get; init; }

    [Description("The weak encoder.")]
    public MoleculeEncoderOptions Weak { get; init; } = new();

    [Description("The strong encoder.")]
    public MoleculeEncoderOptions Strong { get; init; } = StrongDefault();

    [Description("How heads are fitted.")]
    public MoleculeHeadOptions Heads { get; init; } = new();

    [Description("cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "cpu";

    [Description("Threads to use; 0 means one for each core.")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Twice as deep and wide as the middle one of the paper's weak models: what a laptop pretrains in minutes.</summary>
    private static MoleculeEncoderOptions StrongDefault() => new() { Pretrained = new EncoderSettings { Hidden = 64, Layers = 4, Heads = 4 } };

    /// <summary>These options with what the stage does not depend on put back to its default, so that it cannot count as a difference.</summary>
    /// <param name="stage">"weak", "student" or "strong".</param>
    public MoleculeStageOptions For(string stage) => stage switch
    {
        // A weak model fitted on the train part may label either part.
        "weak" => this with { Strong = StrongDefault(), W2sOn = W2sOn == MoleculeProtocol.Half ? W2sOn : MoleculeProtocol.Train, Threads = 0 },
        "strong" => this with { Weak = new MoleculeEncoderOptions(), Threads = 0 },
        _ => this with { Threads = 0 },
    };

    /// <summary>What decides the results, for names of folders.</summary>
    internal string Fingerprint() => Experiments.Fingerprint.Of(this with { Weak = Weak.Identity(), Strong = Strong.Identity(), Threads = 0 });
}
