using System.Globalization;

namespace W2S.Training;

/// <summary>
/// The checkpoints of one training job in one folder, and the small files LAST and BEST, each with the name of one.
/// </summary>
/// <remarks>
/// A save writes a folder under a temporary name, flushes it, and renames it: that rename completes the checkpoint, so
/// resuming takes the highest step. LAST and BEST are replaced afterwards, for people and scripts. Killing the process
/// at any moment leaves complete checkpoints, and at most a temporary folder that the next start removes. One process at
/// a time: the caller holds the <see cref="RunLease"/>.
/// </remarks>
/// <param name="folder">Made on the first save; its parent must exist or be creatable.</param>
/// <param name="fingerprint">Text of all settings that the state depends on; another text is another training.</param>
/// <param name="time">Gives the time of writing in the manifest.</param>
public sealed class CheckpointStore(string folder, string fingerprint, TimeProvider time)
{
    /// <summary>The file that names the newest checkpoint.</summary>
    public const string LastFile = "LAST";

    /// <summary>The file that names the checkpoint of the least loss.</summary>
    public const string BestFile = "BEST";

    /// <summary>Full path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>
    /// Loads the newest checkpoint, or returns null where there is none. Removes what a killed process left half-written.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// The newest is damaged, of a newer format or of other settings; the message names the file and the last good one.
    /// </exception>
    public Checkpoint? LoadNewest()
    {
        var newest = Checkpoint.NewestIn(Folder);
        RemoveTemporaries();
        if (newest == null) return null;
        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.Load(newest);
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"The newest checkpoint cannot be used: {error.Message} {Remedy(newest)}");
        }
        if (checkpoint.Manifest.Fingerprint != fingerprint)
            throw new UserErrorException(
                $"The checkpoint {newest} was made with other settings: {Difference(checkpoint.Manifest.Fingerprint, fingerprint)}. " +
                "Give the same settings to continue it, or start anew in another folder.");
        return checkpoint;
    }

    /// <summary>The newest checkpoint whose files are all sound, or null.</summary>
    public string? FindNewestGood() => Checkpoint.NewestGoodIn(Folder);

    /// <summary>Saves a state, replaces LAST and BEST, and removes checkpoints beyond the ones to keep.</summary>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="UserErrorException">The folder cannot be written or the disk is full; earlier checkpoints are intact.</exception>
    public string Save(Snapshot snapshot, int keepNewest, bool keepBest)
    {
        var target = Path.Combine(Folder, Checkpoint.NameOf(snapshot.Step));
        var temporary = target + AtomicFile.Temporary;
        var manifest = new CheckpointManifest
        {
            FormatVersion = CheckpointManifest.CurrentFormatVersion,
            Job = snapshot.Job,
            Fingerprint = fingerprint,
            Step = snapshot.Step,
            Epoch = snapshot.Epoch,
            Loss = snapshot.Loss,
            History = snapshot.History,
            SavedUtc = time.GetUtcNow(),
            Files = new Dictionary<string, CheckpointManifest.StoredFile>(),
        };
        try
        {
            Directory.CreateDirectory(Folder);
            RemoveTemporaries();
            Checkpoint.Write(temporary, manifest, snapshot.State);
            AtomicFile.MoveFolder(temporary, target);
            PosixFile.FlushFolder(Folder);
            Retain(keepNewest, keepBest);
            return target;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryRemove(temporary);
            throw new UserErrorException(SaveFailure(error, snapshot));
        }
    }

    /// <summary>Does what a save that was killed after its rename had still to do; a training that it ended never saves again.</summary>
    internal void Tidy(int keepNewest, bool keepBest)
    {
        try
        {
            RemoveTemporaries();
            Retain(keepNewest, keepBest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // More is kept than must be; nothing is lost.
        }
    }

    private void Retain(int keepNewest, bool keepBest)
    {
        var all = Checkpoint.FoldersIn(Folder);
        Point(LastFile, all.FirstOrDefault());
        var best = all
            .Select(path => (Path: path, Loss: Checkpoint.LossOf(path)))
            .Where(kept => kept.Loss is { } loss && double.IsFinite(loss))
            .OrderBy(kept => kept.Loss)
            .FirstOrDefault().Path;
        Point(BestFile, best);
        foreach (var old in all.Skip(keepNewest))
        {
            if (!(keepBest && old == best)) AtomicFile.DeleteFolder(old);
        }
    }

    private void Point(string pointer, string? checkpoint)
    {
        if (checkpoint == null || checkpoint == Checkpoint.Named(Folder, pointer)) return;
        AtomicFile.WriteAllText(Path.Combine(Folder, pointer), Path.GetFileName(checkpoint) + "\n");
    }

    private void RemoveTemporaries()
    {
        if (!Directory.Exists(Folder)) return;
        foreach (var left in Directory.GetDirectories(Folder, "step-*" + AtomicFile.Temporary)) TryRemove(left);
    }

    private static void TryRemove(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is no candidate under its temporary name; the next save tries again.
        }
    }

    private string Remedy(string damaged) => FindNewestGood() is { } good
        ? $"The last good checkpoint is {good}: remove {damaged} and run the same command to continue from step "
            + $"{Checkpoint.StepOf(Path.GetFileName(good))}."
        : $"There is no other good checkpoint: remove {damaged} and run the same command to start from the beginning.";

    private string SaveFailure(Exception error, Snapshot snapshot)
    {
        var kept = Checkpoint.NewestIn(Folder) is { } newest
            ? $"{newest} is intact, and the same command continues from step {Checkpoint.StepOf(Path.GetFileName(newest))}."
            : "There is no earlier checkpoint.";
        var needed = snapshot.State.Sum(tensor => (long)tensor.Bytes.Length) / 1e6;
        return error is IOException io && AtomicFile.IsDiskFull(io)
            ? string.Create(CultureInfo.InvariantCulture, $"The disk is full: the checkpoint of {snapshot.Job} at step {snapshot.Step} "
                + $"needs {needed:0.###} MB in {Folder}. Free space there or choose a folder on another disk. {kept}")
            : $"The checkpoint of {snapshot.Job} at step {snapshot.Step} cannot be written to {Folder} ({error.Message.TrimEnd('.')}). "
                + $"Make the folder writable or choose another one. {kept}";
    }

    /// <summary>Both texts from a little before their first difference.</summary>
    private static string Difference(string stored, string wanted)
    {
        const int before = 30, shown = 90;
        var start = Math.Max(0, stored.AsSpan().CommonPrefixLength(wanted) - before);
        return $"it has \"{Excerpt(stored)}\", this command \"{Excerpt(wanted)}\"";

        string Excerpt(string text)
        {
            var part = text[Math.Min(start, text.Length)..Math.Min(start + shown, text.Length)];
            return $"{(start > 0 ? "…" : "")}{part}{(start + shown < text.Length ? "…" : "")}";
        }
    }

    /// <summary>What a checkpoint keeps of a training job between two steps.</summary>
    /// <param name="Step">Steps done.</param>
    /// <param name="Epoch">Epochs done.</param>
    /// <param name="State">What the job saved: weights, moments, counters.</param>
    public sealed record Snapshot(
        string Job, long Step, double Epoch, IReadOnlyList<CheckpointManifest.LossPoint> History, IReadOnlyList<NamedTensor> State)
    {
        /// <summary>The last logged loss; null before the first log point.</summary>
        public double? Loss => History.Count > 0 ? History[^1].Loss : null;
    }
}
