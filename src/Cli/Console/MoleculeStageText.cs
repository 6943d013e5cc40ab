using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What a stage on molecules did, for people: what it used, its errors in each split, and where all is kept.</summary>
internal static class MoleculeStageText
{
    public static void Show(MoleculeStageRun run)
    {
        StageText.ShowParts(run.Parts);
        Console.WriteLine($"\n{MoleculeStageTables.Protocol(run)}\n");
        Console.Write(TableText.Write(MoleculeStageTables.Errors(run), TableText.OutputWidth));
        if (run.Splits.All(split => split.Gain != null))
        {
            Console.WriteLine("\nMean squared errors on the test parts:\n");
            Console.Write(TableText.Write(MoleculeStageTables.Gains(run), TableText.OutputWidth));
        }
        Console.WriteLine($"\n{MoleculeStageTables.Units(run)}\nSeed {run.Seed}, {NumberText.Duration(run.Seconds)}.");
        if (run.Folder != "") StageText.ShowFolder(run.Folder);
    }
}
