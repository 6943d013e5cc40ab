namespace W2S.Reporting;

/// <summary>Remakes what a finished run shows, from its summary.json, config.yaml, metrics.jsonl and tables; nothing is computed.</summary>
internal static class RunReports
{
    /// <summary>Remakes plots and report of the run in the folder, whatever kind it is.</summary>
    /// <param name="command">What the report names as its command, where the folder does not say which one made it.</param>
    /// <returns>A <see cref="Result"/> or a <see cref="RepresentationSummary"/>.</returns>
    /// <exception cref="UserErrorException">The folder holds no finished run.</exception>
    public static object Remake(string folder, string command)
    {
        var path = Path.Combine(folder, SummaryFile.FileName);
        var context = ReportContext.OfRun(folder, command);
        switch (SummaryFile.KindOf(path))
        {
            case SummaryFile.ResultFormat:
                var result = ResultFile.Read(folder);
                StudyOutputs.Write(result, context);
                return result;
            case SummaryFile.RepresentationFormat:
                var summary = RepresentationSummary.Read(folder);
                RepresentationOutputs.Write(folder, summary, context);
                return summary;
            case var other:
                throw new UserErrorException($"{path} is the summary of {SummaryFile.InWords(other)}. Name the folder of a run that this program wrote.");
        }
    }
}
