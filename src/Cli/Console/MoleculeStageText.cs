using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>What a stage on molecules did, for people: what it used, its errors in each split, and where all is kept.</summary>
internal static class MoleculeStageText
{
    /// <param name="saved">The folder that it was exported to, or null.</param>
    public static void Show(PretrainedEncoder encoder, string? saved)
    {
        var record = encoder.Record;
        Console.WriteLine($"transformer: {encoder.Shape}, tokenizer {encoder.Settings.Tokenizer}");
        Console.WriteLine($"  {(encoder.Found ? "found" : "trained")}, {ProgressText.Count(record.Steps)} steps, loss {NumberText.Measure(record.TrainingLoss)}; {record.Engine}");
        foreach (var source in record.Sources) Console.WriteLine($"  {source}");
        if (record.HeldOutMolecules > 0)
            Console.WriteLine($"  held out {ProgressText.Count(record.HeldOutMolecules)} molecules: {NumberText.Percent(record.MaskedTokenAccuracy)} of hidden tokens right, loss {NumberText.Measure(record.MaskedTokenLoss)}");
        Console.WriteLine($"\n{saved ?? encoder.Folder}");
    }

    public static void Show(MoleculeStageRun run)
    {
        StageText.ShowParts(run.Parts);
        Console.WriteLine($"\n{Lines(MoleculeStageTables.Protocol(run))}\n");
        Console.Write(TableText.Write(MoleculeStageTables.Errors(run), TableText.OutputWidth));
        if (run.Splits.All(split => split.Gain != null))
        {
            var ofMeans = run.Splits.All(split => split.Strong != null) ? "; the last PGR is that of the means" : "";
            Console.WriteLine($"\nMean squared errors on the test parts{ofMeans}:\n");
            Console.Write(TableText.Write(MoleculeStageTables.Gains(run), TableText.OutputWidth));
        }
        Console.WriteLine($"\n{Lines(MoleculeStageTables.Units(run))}\nSeed {run.Seed}, {NumberText.Duration(run.Seconds)}.");
        if (run.Folder != "") StageText.ShowFolder(run.Folder);
    }

    /// <summary>Broken between words after at most 80 columns.</summary>
    private static string Lines(string text)
    {
        const int width = 80;
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width) lines.Add("");
            lines[^1] += lines[^1].Length > 0 ? $" {word}" : word;
        }
        return string.Join('\n', lines);
    }
}
