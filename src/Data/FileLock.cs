namespace W2S.Data;

/// <summary>
/// The right to make a file or folder, held by one process at a time: an exclusive lock on `path.lock` beside it, which the system
/// releases when the process ends, however it ends.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, null where another has it. The folder of <paramref name="path"/> must exist.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FileLock? TryAcquire(string path)
    {
        var name = Path.GetFullPath(path) + ".lock";
        while (true)
        {
            FileStream file;
            try
            {
                file = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (IsHeld(error))
            {
                return null;
            }
            if (IsCalled(file, name)) return new FileLock(file);
            // Its last holder deleted the file between our opening and our locking it.
            file.Dispose();
        }
    }

    /// <summary>Waits until no other has the lock, and takes it.</summary>
    /// <param name="wait">Called several times a second meanwhile; what it throws ends the wait.</param>
    /// <inheritdoc cref="TryAcquire" path="/exception"/>
    public static async Task<FileLock> AcquireAsync(string path, Action? wait)
    {
        while (true)
        {
            if (TryAcquire(path) is { } taken) return taken;
            wait?.Invoke();
            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a file could not be opened because another process holds it locked.</summary>
    public static bool IsHeld(IOException error)
    {
        const int linuxWouldBlock = 11, macWouldBlock = 35, windowsSharingViolation = unchecked((int)0x80070020);
        return error.HResult == (
            OperatingSystem.IsWindows() ? windowsSharingViolation : OperatingSystem.IsMacOS() ? macWouldBlock : linuxWouldBlock);
    }

    /// <summary>Gives it back. Where the file cannot be deleted the next one takes it as it is.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows()) _file.Dispose(); // There, what is open is not deleted.
        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
        _file.Dispose();
    }

    /// <summary>Whether the name is still this file's, by a mark of our own in it.</summary>
    private static bool IsCalled(FileStream file, string name)
    {
        if (OperatingSystem.IsWindows()) return true;
        var mark = Guid.NewGuid().ToByteArray();
        try
        {
            file.SetLength(0);
            file.Write(mark);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        using var handle = PosixFile.OpenForReading(name);
        if (handle == null) return false;
        var found = new byte[mark.Length];
        return RandomAccess.Read(handle, found, 0) == mark.Length && found.AsSpan().SequenceEqual(mark);
    }
}
