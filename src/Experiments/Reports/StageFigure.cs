namespace W2S.Experiments;

/// <summary>The scatter of a run that measured gain, named after what it compared rather than after a panel of the paper.</summary>
internal static class StageFigure
{
    internal static ScatterFigure Of(StageRun run)
    {
        var options = new StudyOptions { Name = run.Name, Seed = run.Seed };
        var panel = new PanelResult(options, run.Engine, run.Representations, [.. run.Tasks.Select(task => task.ToResult())], run.Seconds);
        return PanelFigures.Of(panel) with { Title = $"Weak {Description("weak")}, strong {Description("strong")}, seed {run.Seed}" };

        string Description(string role) => run.Representations.FirstOrDefault(representation => representation.Role == role)?.Description ?? "unknown";
    }
}
