using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>A frozen representation and where it came from.</summary>
/// <param name="Description">For people: "pretrained 8-16-16".</param>
/// <param name="Steps">Training steps; 0 where nothing was trained.</param>
/// <param name="Loss">Last training loss; null where nothing was trained.</param>
/// <param name="Folder">The folder of its checkpoints; null where nothing was trained.</param>
public sealed record Representation(MlpWeights Weights, string Description, long Steps = 0, double? Loss = null, string? Folder = null)
{
    /// <summary>Whether it was trained before this command asked for it.</summary>
    public bool Found { get; init; }

    /// <summary>What it is worth, judged on its features [tasks, samples, width] of fresh inputs.</summary>
    /// <param name="explained">Share of the true labels' variance that heads on it explain there.</param>
    public RepresentationResult Examined(string role, TaskSamples features, double? explained)
    {
        var health = FeatureHealth.Of(features);
        return new RepresentationResult(
            role, Description, features.Width, Steps, Loss, health.AliveUnits, health.EffectiveRank, explained, health.IsCollapsed(explained));
    }
}
