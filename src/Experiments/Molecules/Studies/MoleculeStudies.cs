using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// A molecular study in a run folder: features of every encoder once for each data set, then the heads. Finished data sets and
/// computed features are found again, so the same call continues an interrupted study.
/// </summary>
/// <param name="threads">Cores to use; results do not depend on it.</param>
/// <param name="command">The command that makes this study again, for the report.</param>
public sealed class MoleculeStudies(MoleculeStudyOptions options, StudyEncoders encoders, DataFolders folders, int threads, string command)
{
    private const string SetFile = "result.json";

    /// <summary>Runs everything and leaves tasks.csv, summary.json, the figures, the tables and the report in the folder.</summary>
    /// <param name="path">The run's folder; an interrupted run in it is continued.</param>
    /// <param name="force">Delete an earlier run in the folder first.</param>
    /// <exception cref="StoppedException">Asked to stop; everything finished is saved.</exception>
    /// <exception cref="UserErrorException">Data are absent, an encoder cannot read them, or the folder belongs to a run with other settings or weights.</exception>
    public MoleculeStudyResult Run(string path, bool force, RunServices run)
    {
        encoders.Checked();
        var data = options.Data.Select(name => MoleculeDataSet.Named(name).Load(folders)).ToList();
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(options) + encoders.Identity, force, run);
        var sets = data.Select(set => RunSet(set, folder)).ToList();
        var result = new MoleculeStudyResult(options, encoders.Results, sets);
        MoleculeOutputs.Write(folder.Path, result, new ReportContext(command, run.Time.GetLocalNow()));
        return result;
    }

    /// <summary>A folder under runs/ named after what decides the results, so that the same study finds its run again.</summary>
    public static string DefaultFolder(MoleculeStudyOptions options, StudyEncoders encoders) =>
        Path.Combine("runs", $"{options.Name}-{Fingerprint.Short(Fingerprint.Of(options with { Threads = 0 }) + encoders.Identity)}");

    private MoleculeSetResult RunSet(MoleculeData data, RunFolder folder)
    {
        var (run, own) = (folder.Services, Path.Combine(folder.Path, data.Set.Name));
        var file = Path.Combine(own, SetFile);
        if (File.Exists(file)) return MoleculeJson.Read<MoleculeSetResult>(file);
        var started = run.Time.GetTimestamp();
        var store = new FeatureStore(Path.Combine(own, "features"), options.Heads);
        var features = new List<MoleculeFeatures>();
        foreach (var encoder in encoders.All)
        {
            if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
            features.Add(store.Obtain(data, encoder));
        }
        var heads = new MoleculeHeads(options.Heads, options.Seed, options.Device, threads, Path.Combine(own, "heads"), run);
        var results = new MoleculeStudy(options, data, heads).Run(features[..^1], features[^1]);
        var split = data.Splits.OrderBy(split => split.Key).First().Value;
        var result = new MoleculeSetResult(
            data.Set.Name, data.Set.Title, data.Set.Unit, [split.Train.Count, split.Valid.Count, split.Test.Count], results, run.Time.GetElapsedTime(started).TotalSeconds);
        MoleculeJson.Write(file, result);
        foreach (var passed in new[] { "features", "heads" }.Select(name => Path.Combine(own, name)).Where(Directory.Exists)) Directory.Delete(passed, recursive: true);
        return result;
    }
}
