using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>An encoder of a moment: how often each of some characters stands in the SMILES.</summary>
internal sealed class LetterCounts(string name, string letters) : IMoleculeFeatures
{
    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    /// <summary>Called before each answer.</summary>
    public Action? Before { get; init; }

    public string Name => name;
    public string Description => $"counts of {letters}";
    public int Width => letters.Length;

    public float[] Of(MoleculeData data, EncoderPooling pooling)
    {
        Before?.Invoke();
        Asked++;
        return [.. data.Table.Smiles.SelectMany(smiles => letters.Select(letter => (float)smiles.Count(character => character == letter)))];
    }
}

/// <summary>Molecular studies of a moment.</summary>
internal static class SmallMolecules
{
    public const string Strong = "CcNnOoSsFIBr=#()[]+-@H1234";

    public static readonly MoleculeData Data = MoleculeDataSet.Named("synthetic-smiles").Load(new DataFolders(["."]));

    public static readonly MoleculeStudyOptions Options = new() { Data = ["synthetic-smiles"], Weak = ["two", "four"], Strong = "all" };

    public static StudyEncoders Encoders(Action? before = null) => new(
        [Encoder("two", "CN", before), Encoder("four", "CcO1", before)], Encoder("all", Strong, before));

    public static StudyEncoder Encoder(string name, string letters, Action? before = null, string digest = "0123456789abcdef0123") => new(new LetterCounts(name, letters) { Before = before }, digest);

    public static MoleculeFeatures Features(MoleculeData data, string name, string letters) => MoleculeFeatures.Of(data, EncoderPooling.Pooled, new LetterCounts(name, letters));

    /// <summary>The two weak encoders and the strong one on every split.</summary>
    public static IReadOnlyList<MoleculeResult> Run(MoleculeStudyOptions options, MoleculeData data) =>
        new MoleculeStudy(options, data, HeadExamples.Heads(options.Heads)).Run([Features(data, "two", "CN"), Features(data, "four", "CcO1")], Features(data, "all", Strong));

    public static MoleculeStudyResult Run(string folder, StudyEncoders? encoders = null, RunServices? run = null, MoleculeStudyOptions? options = null, bool force = false) =>
        new MoleculeStudies(options ?? Options, encoders ?? Encoders(), new DataFolders(["."]), threads: 2, "w2s").Run(folder, force, run ?? RunServices.Silent);
}
