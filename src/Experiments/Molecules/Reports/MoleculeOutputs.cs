using W2S.Data;

namespace W2S.Experiments;

/// <summary>What a molecular study leaves in its folder: tasks.csv, a figure for each data set under plots/, report.html and summary.json.</summary>
public static class MoleculeOutputs
{
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public static void Write(string folder, MoleculeStudyResult study, ReportContext context)
    {
        var plots = Directory.CreateDirectory(Path.Combine(folder, StudyOutputs.Plots)).FullName;
        foreach (var set in study.Sets)
            AtomicFile.WriteAllText(Path.Combine(plots, $"{MoleculeFigures.NameOf(set.Data)}.svg"), ScatterPlot.Draw(MoleculeFigures.Of(set, study.Options.MeasuredOn)));
        AtomicFile.WriteAllText(Path.Combine(folder, StudyOutputs.Tasks), MoleculeCsv.Write(study));
        AtomicFile.WriteAllText(Path.Combine(folder, StudyOutputs.Report), MoleculeReport.Write(study, context));
        MoleculeJson.Write(Path.Combine(folder, StudyOutputs.Summary), study);
    }
}
