namespace W2S.Training;

/// <summary>One line of metrics.jsonl: which job, at which step, and named values.</summary>
/// <param name="Job">For people: "fig2b weak heads (seed 0)".</param>
public sealed record Metric(string Job, long Step, double Epoch, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>What the job fits, for programs; null for a job that nobody described.</summary>
    public MetricSource? Source { get; init; }

    /// <summary>What tells this job from all others of a run.</summary>
    internal string Key => Source?.Id ?? Job;
}

/// <summary>What a job fits: the same in every run that fits the same, whatever people are told.</summary>
/// <param name="Id">Of this fit: a hash of all that decides it.</param>
/// <param name="Kind">"heads", "representation" or "encoder".</param>
public sealed record MetricSource(string Id, string Kind)
{
    /// <summary>The panel's name: "fig2b".</summary>
    public string? Panel { get; init; }

    /// <summary>The data set: "gaussian", "lipop".</summary>
    public string? Data { get; init; }

    /// <summary>"weak", "student" or "strong".</summary>
    public string? Stage { get; init; }

    /// <summary>The weak representation, where a panel has several.</summary>
    public string? Weak { get; init; }

    /// <summary>The first and the last cell: the numbers of tasks, or the seeds of splits.</summary>
    public string? Cells { get; init; }

    /// <summary>Of the study.</summary>
    public long? Seed { get; init; }

    /// <summary>Names of the fields in metrics files, in their order.</summary>
    internal static IReadOnlyList<string> FieldNames { get; } = ["id", "kind", "panel", "data", "stage", "weak", "cells", "seed"];

    /// <summary>The fields' values; null for what is not said.</summary>
    internal IReadOnlyList<string?> Fields =>
        [Id, Kind, Panel, Data, Stage, Weak, Cells, Seed?.ToString(System.Globalization.CultureInfo.InvariantCulture)];
}

/// <summary>Where metrics go. A sink that fails must not stop training.</summary>
public interface IMetricSink
{
    /// <summary>Drops every metric.</summary>
    static IMetricSink None { get; } = new Nowhere();

    /// <summary>Takes one metric. Jobs that run side by side call it from threads of their own.</summary>
    void Write(Metric metric);

    private sealed class Nowhere : IMetricSink
    {
        public void Write(Metric metric) { }
    }
}
