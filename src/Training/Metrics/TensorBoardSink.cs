using System.Text.RegularExpressions;
using TorchSharp;
using TorchSharp.Modules;

namespace W2S.Training;

/// <summary>
/// TensorBoard's event files, by TorchSharp's writer: a folder for each job, which TensorBoard shows as a run, so that the losses
/// of all jobs lie in one chart. Every event is in its file at once.
/// </summary>
public sealed partial class TensorBoardSink : IMetricSink
{
    private readonly string _folder;
    private readonly Dictionary<string, SummaryWriter> _writers = [];

    /// <summary>Begins the folder anew.</summary>
    public TensorBoardSink(string folder)
    {
        _folder = folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    public void Write(Metric metric)
    {
        if (!_writers.TryGetValue(metric.Key, out var writer))
            _writers[metric.Key] = writer = torch.utils.tensorboard.SummaryWriter(Path.Combine(_folder, NameOf(metric)));
        foreach (var (name, value) in metric.Values) writer.add_scalar(name, (float)value, checked((int)metric.Step));
    }

    /// <summary>"fig2b-weak-heads-seed-0-1a2b3c4d": what people know the job by, and what tells it from others of that name.</summary>
    private static string NameOf(Metric metric)
    {
        var job = Strange().Replace(metric.Job, "-").Trim('-');
        return metric.Source is { Id: var id } ? $"{job}-{id}" : job;
    }

    [GeneratedRegex(@"[^\w.]+")]
    private static partial Regex Strange();
}
