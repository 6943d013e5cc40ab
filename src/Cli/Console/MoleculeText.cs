using W2S.Experiments;

namespace W2S.Cli;

/// <summary>A molecular study for people: for each data set the heuristic's table and the means, each under its protocol, and where the report is.</summary>
internal static class MoleculeText
{
    public static void Show(MoleculeStudyResult study, string folder)
    {
        foreach (var set in study.Sets)
        {
            Console.WriteLine($"{set.Title}, mean ± standard deviation over splits {string.Join(", ", set.Results.Select(result => result.Split).Distinct())}");
            foreach (var line in MoleculeStudyText.Lines(study.Options)) Console.WriteLine(line);
            Console.WriteLine();
            Console.WriteLine(TableText.Write(MoleculeTables.Choice(set), TableText.OutputWidth));
            foreach (var line in MoleculeTables.ChoiceInWords(set)) Console.WriteLine(line);
            Console.WriteLine();
            Console.WriteLine(TableText.Write(MoleculeTables.Means(set), TableText.OutputWidth));
            foreach (var line in MoleculeTables.GainInWords(set, study.Options.Expectation)) Console.WriteLine(line);
            Console.WriteLine();
        }
        foreach (var note in MoleculeStudyText.Notes(study)) Console.WriteLine($"{note}\n");
        Console.WriteLine(Path.Combine(folder, StudyOutputs.Report));
    }
}
