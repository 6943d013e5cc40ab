using System.CommandLine;
using W2S.Reporting;
using W2S.Runs.Plans;
using W2S.Runs.Results;

namespace W2S.Cli;

/// <summary>`sweep collect`.</summary>
internal sealed class SweepCollectCommand : DocumentedCommand
{
    private const int MostRows = 40;
    private readonly Argument<string> _folder = SweepArguments.Folder();

    public SweepCollectCommand() : base("collect", "Gathers all finished runs into one CSV file and a report.",
        "Writes results.csv (a row for each finished study), results-KIND.csv (of the parts that studies share), tasks.csv (every task of every "
        + "study) and report.html (curves, medians, means) into the sweep's folder, also while others still run. Medians go to stdout; runs with a "
        + "collapsed representation are counted and left out of them.")
    {
        Add(_folder);
        AddExample("sweep collect runs/depth", "What is known so far:");
        SetAction(parsed => Collect(parsed.GetValue(_folder)!, CommandText.Of(parsed)));
    }

    private static void Collect(string folder, string command)
    {
        var plan = SweepPlan.Load(folder);
        var collection = SweepCollection.Read(plan);
        collection.Write(SweepStatus.Of(plan, TimeProvider.System), new ReportContext(command, TimeProvider.System.GetLocalNow()));
        foreach (var (title, table, labels) in collection.Tables())
        {
            Console.WriteLine(title);
            Console.WriteLine(TableText.Write(table with { Rows = [.. table.Rows.Take(MostRows)] }, TableText.OutputWidth, labels));
            if (table.Rows.Count > MostRows) Console.WriteLine($"… and {table.Rows.Count - MostRows} more rows, which the report has.\n");
        }
        if (collection.CollapsedInWords is { } collapsed) Console.WriteLine($"COLLAPSED: {collapsed}");
        Console.WriteLine($"{collection.Runs.Count} of {plan.Runs.Count} runs: {plan.Folder.ResultsFile}, {plan.Folder.ReportFile}");
    }
}
