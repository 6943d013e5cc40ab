using System.CommandLine;
using W2S.Data;
using W2S.Reporting.Plots;
using W2S.Runs;

namespace W2S.Cli;

/// <summary>`runs compare`.</summary>
internal sealed class RunsCompareCommand : DocumentedCommand
{
    private readonly Argument<string[]> _runs = new("run") { HelpName = "RUN", Arity = ArgumentArity.OneOrMore, Description = "The folders of two or more finished runs, of studies or stages." };
    private readonly Option<string?> _figure = new("--figure") { HelpName = "FILE", Description = "Also draw gain against misfit, the runs over each other, into this file (.svg, .pdf or .png); plot --overlay has more to say about it." };

    public RunsCompareCommand() : base("compare", "Shows which settings of runs differ, and what they measured.",
        "Two tables: the settings that are not the same in all runs, and the measures of every run, panel by panel, as medians over its seeds.")
    {
        Add(_runs.Suggesting(Suggestions.Runs));
        AddGroup("Output", [_figure]);
        AddExample("runs compare runs/a runs/b", "Two runs side by side:");
        AddExample("runs compare runs/a runs/b runs/c --figure compared.svg", "Three, with their dots in one figure:");
        SetAction(parsed => Show(RunComparison.Of(parsed.GetValue(_runs)!), parsed.GetValue(_figure)));
    }

    private static void Show(RunComparison comparison, string? figure)
    {
        var format = figure == null ? default : PlotCommand.FormatOf(figure, "--figure");
        var settings = comparison.Settings();
        if (settings.Rows.Count == 0) Console.WriteLine("All settings are the same.");
        else Console.Write(TableText.Write(settings, TableText.OutputWidth));
        Console.Write($"\n{TableText.Write(comparison.Measures(), TableText.OutputWidth, labels: 2)}");
        if (figure == null) return;
        var figures = RunFigures.Of(comparison.Results, [], seed: null, overlay: true);
        AtomicFile.WriteAllBytes(figure, RunFigures.Write(figures, null, new Sheet(Millimetres: 174), format));
        Console.WriteLine($"\n{figure}");
    }
}
