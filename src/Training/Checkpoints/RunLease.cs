using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Training;

/// <summary>
/// The right to write into a run's folder, held by one process at a time: an exclusive lock on `run.lock` in it, which
/// the system releases when the process ends, however it ends. The file says who holds it.
/// </summary>
/// <remarks>The file stays behind, empty: deleting it would let two processes lock two files of one name.</remarks>
internal sealed partial class RunLease : IDisposable
{
    public const string LockFile = "run.lock";

    private readonly FileStream _file;

    private RunLease(FileStream file) => _file = file;

    /// <summary>Takes the lease, making the folder if its parent exists or can be made.</summary>
    /// <exception cref="UserErrorException">Another process holds it (the message says which), or the folder cannot be written.</exception>
    public static RunLease Acquire(string folder, TimeProvider time)
    {
        var path = Path.GetFullPath(Path.Combine(folder, LockFile));
        FileStream file;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (FileLock.IsHeld(error))
        {
            throw new UserErrorException(
                $"The run folder {folder} is in use by {ReadHolder(path)?.ToString() ?? "another process"}. "
                    + "Wait until it ends, stop it, or choose another folder.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The run folder {folder} cannot be written ({error.Message.TrimEnd('.')}). Make it writable, or choose another folder.");
        }
        var lease = new RunLease(file);
        lease.Describe(new Holder(Environment.MachineName, Environment.ProcessId, time.GetUtcNow(), Environment.CommandLine));
        return lease;
    }

    /// <summary>Gives it back together with the folder, which nobody needs any more.</summary>
    public void DisposeWithFolder()
    {
        // Elsewhere than on Windows an open file can be deleted: then nobody else has come into the folder meanwhile.
        if (OperatingSystem.IsWindows()) Dispose();
        Directory.Delete(Path.GetDirectoryName(_file.Name)!, recursive: true);
        Dispose();
    }

    public void Dispose()
    {
        if (!_file.CanWrite) return;
        _file.SetLength(0);
        _file.Dispose();
    }

    private void Describe(Holder holder)
    {
        try
        {
            _file.SetLength(0);
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(holder, LeaseJson.Default.Holder));
        }
        catch (IOException error)
        {
            _file.Dispose();
            throw new UserErrorException(
                $"{_file.Name} cannot be written ({error.Message.TrimEnd('.')}). Free space on its disk, or choose another folder.");
        }
    }

    /// <summary>Who holds the lock; null where that process has not yet said.</summary>
    private static Holder? ReadHolder(string path)
    {
        using var handle = PosixFile.OpenForReading(path);
        if (handle == null) return null;
        try
        {
            using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return JsonSerializer.Deserialize(file, LeaseJson.Default.Holder);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Process">Its number on that host.</param>
    /// <param name="Command">Its command line.</param>
    private sealed record Holder(string Host, int Process, DateTimeOffset Since, string Command)
    {
        public override string ToString() => $"process {Process} on {Host} since {Since:yyyy-MM-dd HH:mm:ss} UTC ({Command})";
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Holder))]
    private sealed partial class LeaseJson : JsonSerializerContext;
}
