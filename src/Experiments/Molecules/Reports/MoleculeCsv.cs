using System.Globalization;
using CsvHelper;

namespace W2S.Experiments;

/// <summary>tasks.csv of a molecular study: one line for each data set, weak encoder and split, with every digit of every measure.</summary>
internal static class MoleculeCsv
{
    private static readonly (string Name, Func<MoleculeResult, MoleculePartErrors> Of)[] Models =
        [("weak", result => result.WeakOn), ("student", result => result.StudentOn), ("strong", result => result.StrongOn)];

    internal static string Write(MoleculeStudyResult study)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            var parts = Models.SelectMany(model => new[] { "valid", "test" }.SelectMany(part => new[] { "mse", "rmse", "mae", "r2" }.Select(measure => $"{model.Name}_{part}_{measure}")));
            csv.WriteRecord(["data", "split", "weak", "width", "measured_on", "weak_error", "student_error", "strong_error", "misfit", "gain", "weak_minus_misfit", "gap_recovered", .. parts]);
            foreach (var set in study.Sets)
                foreach (var result in set.Results)
                {
                    double?[] measures =
                    [
                        result.WeakError, result.StudentError, result.StrongError, result.Misfit, result.Gain, result.WeakMinusMisfit, result.GapRecovered,
                        .. Models.SelectMany(model => Cells(model.Of(result).Valid).Concat(Cells(model.Of(result).Test))),
                    ];
                    csv.WriteRecord([set.Data, $"{result.Split}", result.Weak, $"{result.Width}", study.Options.MeasuredOn.ToString().ToLowerInvariant(), .. measures.Select(NumberText.Exact)]);
                }
        }
        return text.ToString();
    }

    private static double?[] Cells(MoleculeErrors? errors) => [errors?.MeanSquared, errors?.RootMeanSquared, errors?.MeanAbsolute, errors?.Explained];
}
