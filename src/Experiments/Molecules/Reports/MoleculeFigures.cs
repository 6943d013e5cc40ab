namespace W2S.Experiments;

/// <summary>Figures 2d to 2f of 2405.15116: gain against misfit, a colour and a marker for each weak encoder, a dot for each split.</summary>
public static class MoleculeFigures
{
    /// <summary>The figure's name in the paper, fit for a file: "fig2f"; the data set's own where the paper has none.</summary>
    public static string NameOf(string data) => data switch { "esol" => "fig2d", "freesolv" => "fig2e", "lipop" => "fig2f", _ => data };

    public static ScatterFigure Of(MoleculeSetResult set, MeasuredPart part)
    {
        var name = NameOf(set.Data);
        var dots = new GainOnMisfit();
        foreach (var result in set.Results) dots.Add(result.Gain, result.Misfit);
        return new ScatterFigure
        {
            Title = name == set.Data ? set.Title : $"{PanelFindings.ShortName(name)} · {set.Title}",
            Subtitle = $"{part.ToString().ToLowerInvariant()} part, gain / misfit {NumberText.Ratio(dots.Ratio)}, correlation {NumberText.Ratio(dots.Correlation)}",
            Series = [.. set.Results.GroupBy(result => result.Weak).Select(weak => new ScatterSeries(
                weak.Key, [.. weak.Select(result => new ScatterDot(result.Misfit, result.Gain, $"{result.Weak}, split {result.Split}"))]))],
        };
    }
}
