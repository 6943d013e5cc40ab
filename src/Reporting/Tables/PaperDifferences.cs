using W2S.Experiments;

namespace W2S.Reporting.Tables;

/// <summary>Which settings of a panel are not those of the paper's panel of that name.</summary>
internal static class PaperDifferences
{
    /// <summary>Lines such as "heads.solver: exact (paper: adamw)"; null where the paper has no panel of that name.</summary>
    internal static IReadOnlyList<string>? Of(Study options)
    {
        if (!Panels.Names.Contains(options.Name)) return null;
        var paper = StudyConfiguration.Resolve(Panels.Find([options.Name]), "paper", [], [])[0];
        // The paper does not say with which seed, where or by what it ran.
        return [.. SettingDifferences.Between(options, paper with { Seed = options.Seed, Engine = options.Engine, Device = options.Device }, "paper")];
    }
}
