using W2S.Data;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>A representation of a moment: how often each of some characters stands in the SMILES.</summary>
internal sealed class LetterCounts(string name, string letters) : TableRepresentation
{
    public override string Name => name;
    public override string Description => $"counts of {letters}";
    public override int Width => letters.Length;
    public override string Digest => "0123456789abcdef0123";

    protected override float[] Clean(ILabelledTable table) =>
        [.. ((MoleculeData)table).Smiles.SelectMany(smiles => letters.Select(letter => (float)smiles.Count(character => character == letter)))];
}

/// <summary>Studies of a moment on generated molecules.</summary>
internal static class SmallTables
{
    public const string Strong = "CcNnOoSsFIBr=#()[]+-@H1234";

    public static readonly MoleculeData Molecules = (MoleculeData)new Datasets(new DataFolders(["."]), RunServices.Silent).Table("synthetic-smiles", new Study());

    public static Study Study(params string[] assignments) =>
        StudyConfiguration.Resolve([new Panel("small", [ConfigurationLayer.FromAssignment("data=synthetic-smiles")])], "paper", [.. assignments.Select(ConfigurationLayer.FromAssignment)], []).Single();

    /// <summary>The weak and the strong representation on every split.</summary>
    public static PanelResult Run(Study study, ILabelledTable table, IRepresentation weak, IRepresentation strong)
    {
        var solver = HeadSolvers.Create(study, new FusedEngine(1), 1, null, new TrainingOptions(), RunServices.Silent);
        var comparison = new Comparison(study, new SplitTable(table, study), weak, strong, solver, RunServices.Silent);
        return comparison.Result(comparison.Run(Stages.All), "fused", 0);
    }

    public static IReadOnlyList<CellResult> Run(Study study, ILabelledTable table) => Run(study, table, new LetterCounts("four", "CcO1"), new LetterCounts("all", Strong)).Cells;
}
