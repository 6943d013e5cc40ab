using System.Globalization;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// One checkpoint: a folder `step-000001234` with the state of a training job in `state.safetensors` and a
/// `manifest.json` that holds the SHA-256 of it. A folder of that name is always complete: it was written under a
/// temporary name, flushed, and renamed.
/// </summary>
/// <param name="Folder">Full path.</param>
public sealed record Checkpoint(string Folder, CheckpointManifest Manifest, IReadOnlyDictionary<string, NamedTensor> State)
{
    /// <summary>The file of a checkpoint that holds the job's state.</summary>
    public const string StateFile = "state.safetensors";

    /// <summary>The file of a checkpoint that holds its manifest.</summary>
    public const string ManifestFile = "manifest.json";

    private const string Prefix = "step-";

    /// <summary>Loads a checkpoint after checking every file against its SHA-256.</summary>
    /// <exception cref="InvalidDataException">A file is missing, torn or edited; the message names it.</exception>
    /// <exception cref="UserErrorException">A newer program wrote it.</exception>
    public static Checkpoint Load(string folder)
    {
        var manifest = Verify(folder);
        return new Checkpoint(Path.GetFullPath(folder), manifest, Safetensors.Read(Path.Combine(folder, StateFile)).Tensors);
    }

    /// <summary>Loads the newest checkpoint of a training's folder, after checking every file.</summary>
    /// <exception cref="UserErrorException">There is none, or a newer program wrote it.</exception>
    /// <exception cref="InvalidDataException">A file is missing, torn or edited; the message names it.</exception>
    public static Checkpoint Newest(string folder) =>
        Load(NewestIn(folder) ?? throw new UserErrorException(
            $"There is no checkpoint in {folder}; a training leaves folders called {NameOf(0)} there."));

    /// <summary>
    /// Fills the parameters and buffers of a TorchSharp module, on whichever device it is, with the tensors of their names.
    /// </summary>
    /// <exception cref="InvalidDataException">One is missing here, or of another shape or type; the module is unchanged.</exception>
    public void CopyTo(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        var own = module.named_parameters().Select(named => (named.name, Values: (Tensor)named.parameter))
            .Concat(module.named_buffers().Select(named => (named.name, Values: named.buffer)));
        foreach (var (values, stored) in own.Select(named => (named.Values, named.Values.ReadFrom(State, named.name))).ToList())
            values.copy_(stored);
    }

    /// <summary>Reads the manifest and checks every file against it, without keeping the tensors.</summary>
    /// <inheritdoc cref="Load"/>
    public static CheckpointManifest Verify(string folder)
    {
        var manifest = ReadManifest(folder);
        if (!manifest.Files.ContainsKey(StateFile))
            throw new InvalidDataException($"{Path.Combine(folder, ManifestFile)} does not list {StateFile}.");
        foreach (var (name, expected) in manifest.Files)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) throw new InvalidDataException($"{path} is missing.");
            using var file = File.OpenRead(path);
            if (file.Length != expected.Bytes)
                throw new InvalidDataException($"{path} is torn: it has {file.Length} bytes where {expected.Bytes} were written.");
            var found = Convert.ToHexStringLower(SHA256.HashData(file));
            if (found != expected.Sha256)
                throw new InvalidDataException(
                    $"{path} was damaged or edited: its SHA-256 is {found} where {expected.Sha256} was written.");
        }
        return manifest;
    }

    /// <summary>Reads the manifest alone; the other files are not looked at.</summary>
    /// <inheritdoc cref="Load"/>
    public static CheckpointManifest ReadManifest(string folder)
    {
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path)) throw new InvalidDataException($"{path} is missing.");
        try
        {
            var manifest = CheckpointManifest.Parse(File.ReadAllBytes(path));
            if (Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) is var name && StepOf(name) is { } step
                && step != manifest.Step)
                throw new InvalidDataException($"is of step {manifest.Step}: the folder was renamed");
            return manifest;
        }
        catch (CheckpointManifest.NewerVersionException error)
        {
            throw new UserErrorException(
                $"{path} {error.Message}. Use the newer version of W2S that wrote it, or start anew in another folder.");
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path} {error.Message}.", error);
        }
    }

    /// <summary>Writes all files of a checkpoint into a new folder and flushes them to the disk.</summary>
    /// <param name="manifest">Complete but for its files.</param>
    internal static void Write(string folder, CheckpointManifest manifest, IReadOnlyList<NamedTensor> state)
    {
        Directory.CreateDirectory(folder);
        using var hash = SHA256.Create();
        using (var file = NewFile(folder, StateFile))
        {
            using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true)) Safetensors.Write(hashing, state);
            file.Flush(flushToDisk: true);
            var written = new CheckpointManifest.StoredFile(file.Length, Convert.ToHexStringLower(hash.Hash!));
            manifest = manifest with { Files = new Dictionary<string, CheckpointManifest.StoredFile> { [StateFile] = written } };
        }
        using (var file = NewFile(folder, ManifestFile))
        {
            file.Write(manifest.ToJson());
            file.Flush(flushToDisk: true);
        }
        PosixFile.FlushFolder(folder);
    }

    /// <summary>The folder's name for a step; sorts by step.</summary>
    internal static string NameOf(long step) => Prefix + step.ToString("D9", CultureInfo.InvariantCulture);

    /// <summary>The step in a folder's name, or null where it is not the name of a checkpoint.</summary>
    internal static long? StepOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : null;

    /// <summary>
    /// The complete checkpoints in a store's folder, the newest first; half-written ones have other names and are never seen.
    /// </summary>
    internal static IReadOnlyList<string> FoldersIn(string store) => !Directory.Exists(store)
        ? []
        : [.. Directory.GetDirectories(store).Where(path => Step(path) != null).OrderByDescending(Step)];

    /// <summary>The folder of the newest; null where there is none.</summary>
    internal static string? NewestIn(string store) => FoldersIn(store).FirstOrDefault();

    /// <summary>The folder of the newest all of whose files are as they were written.</summary>
    internal static string? NewestGoodIn(string store) => FoldersIn(store).FirstOrDefault(path => Problem(path) == null);

    /// <summary>What is wrong with a checkpoint, or null where all its files are as they were written.</summary>
    internal static string? Problem(string checkpoint)
    {
        try
        {
            Verify(checkpoint);
            return null;
        }
        catch (Exception error) when (error is InvalidDataException or UserErrorException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <summary>The loss in the manifest; null where it has none or cannot be read.</summary>
    internal static double? LossOf(string checkpoint)
    {
        try
        {
            return ReadManifest(checkpoint).Loss;
        }
        catch (Exception error) when (error is InvalidDataException or UserErrorException)
        {
            return null;
        }
    }

    /// <summary>The checkpoint that a pointer file (LAST, BEST) names; null where there is no such file or no such checkpoint.</summary>
    internal static string? Named(string store, string pointer)
    {
        var file = Path.Combine(store, pointer);
        return File.Exists(file) ? FoldersIn(store).FirstOrDefault(path => Path.GetFileName(path) == File.ReadAllText(file).Trim()) : null;
    }

    private static long? Step(string path) => StepOf(Path.GetFileName(path));

    private static FileStream NewFile(string folder, string name) =>
        new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None);
}
