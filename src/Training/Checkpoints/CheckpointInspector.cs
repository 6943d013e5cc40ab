namespace W2S.Training;

/// <summary>Looks at checkpoints without changing anything, also while a training writes them.</summary>
public static class CheckpointInspector
{
    /// <summary>All complete checkpoints at or below a folder, by store and step. Reads manifests only, so it is quick.</summary>
    /// <exception cref="UserErrorException">There is no such folder.</exception>
    public static IReadOnlyList<Summary> List(string folder) => [.. Find(folder).Select(path => Summarise(path, verify: false))];

    /// <summary>The same list, with every file checked against its SHA-256.</summary>
    /// <inheritdoc cref="List"/>
    public static IReadOnlyList<Summary> Verify(string folder) => [.. Find(folder).Select(path => Summarise(path, verify: true))];

    /// <summary>Opens one checkpoint: its own folder, or a store's, which stands for its newest.</summary>
    /// <exception cref="UserErrorException">There is none, or it is damaged; the message names the file.</exception>
    public static Details Inspect(string folder)
    {
        RequireFolder(folder);
        var path = File.Exists(Path.Combine(folder, Checkpoint.ManifestFile)) ? Path.GetFullPath(folder) : Checkpoint.NewestIn(folder);
        if (path == null)
            throw new UserErrorException(
                $"{folder} is no checkpoint and holds none directly. `checkpoints list {folder}` shows those further below.");
        try
        {
            var checkpoint = Checkpoint.Load(path);
            return new Details(
                Summarise(path, verify: false), checkpoint.Manifest.Fingerprint, checkpoint.Manifest.Files, checkpoint.Manifest.History,
                [.. checkpoint.State.Values.Select(tensor => tensor.Summarise()).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)]);
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"The checkpoint cannot be read: {error.Message} `checkpoints verify` looks for sound ones.");
        }
    }

    private static IEnumerable<string> Find(string folder)
    {
        RequireFolder(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Checkpoint.StepOf(Path.GetFileName(full)) != null) return [full];
        return Directory.EnumerateDirectories(
            full, "step-*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(path => Checkpoint.StepOf(Path.GetFileName(path)) != null)
            .OrderBy(path => path, StringComparer.Ordinal);
    }

    private static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"There is no folder {folder}. Name a run, a folder of runs or a checkpoint.");
    }

    private static Summary Summarise(string path, bool verify)
    {
        var store = Path.GetDirectoryName(path)!;
        var problem = verify ? Checkpoint.Problem(path) : null;
        CheckpointManifest? manifest = null;
        try
        {
            manifest = Checkpoint.ReadManifest(path);
        }
        catch (Exception error) when (error is InvalidDataException or UserErrorException or IOException)
        {
            problem ??= error.Message;
        }
        return new Summary(
            path, manifest?.Job, Checkpoint.StepOf(Path.GetFileName(path)) ?? 0, manifest?.Epoch, manifest?.Loss, manifest?.SavedUtc,
            Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length) : 0,
            Checkpoint.NewestIn(store) == path, Checkpoint.Named(store, CheckpointStore.BestFile) == path, problem);
    }

    /// <summary>A checkpoint in a list.</summary>
    /// <param name="Folder">Full path.</param>
    /// <param name="Bytes">Size of all its files.</param>
    /// <param name="IsLast">Whether it is the newest of its store: where training continues.</param>
    /// <param name="IsBest">Whether its store's BEST names it.</param>
    /// <param name="Problem">
    /// What makes it unusable; null where nothing was found. Only <see cref="CheckpointInspector.Verify"/> compares SHA-256.
    /// </param>
    public sealed record Summary(
        string Folder, string? Job, long Step, double? Epoch, double? Loss, DateTimeOffset? SavedUtc, long Bytes, bool IsLast, bool IsBest,
        string? Problem);

    /// <summary>All that is in one checkpoint.</summary>
    public sealed record Details(
        Summary Summary, string Fingerprint, IReadOnlyDictionary<string, CheckpointManifest.StoredFile> Files,
        IReadOnlyList<CheckpointManifest.LossPoint> History, IReadOnlyList<NamedTensor.Summary> Tensors);
}
