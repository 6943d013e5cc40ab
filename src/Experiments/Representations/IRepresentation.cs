namespace W2S.Experiments;

/// <summary>A frozen representation: examples in, one vector for each out. It never learns here.</summary>
public interface IRepresentation
{
    /// <summary>Short, fit for a folder's name: "mlp-2x16", "weak-32".</summary>
    string Name { get; }

    /// <summary>For reports: shape, and where it comes from.</summary>
    string Description => Name;

    /// <summary>Numbers for each example.</summary>
    int Width { get; }

    /// <summary>SHA-256 of what decides its features: two with the same one have the same features.</summary>
    string Digest { get; }

    /// <summary>How it came to be, for reports.</summary>
    Origin Origin => new(Found: true);

    /// <summary>[cells, count, width]; the same bits each time.</summary>
    /// <exception cref="UserErrorException">An example cannot be read.</exception>
    TaskSamples Features(Examples examples);

    /// <summary>The same, to be read by rows where they need not be in memory together.</summary>
    FeatureRows Rows(Examples examples) => Features(examples);

    /// <summary>
    /// What heads are fitted on, [cells, draws × count, width]: the same, or several draws of disturbed features one after another.
    /// </summary>
    (FeatureRows Features, int Draws) FittingFeatures(Examples examples) => (Rows(examples), 1);
}

/// <summary>How a representation came about.</summary>
/// <param name="Steps">Training steps; 0 where nothing was trained.</param>
/// <param name="Loss">Last training loss; null where nothing was trained.</param>
/// <param name="Folder">The folder of its checkpoints; null where there is none.</param>
/// <param name="Found">Whether it was complete before this command asked for it.</param>
public sealed record Origin(long Steps = 0, double? Loss = null, string? Folder = null, bool Found = false);
