namespace W2S.Data;

/// <summary>
/// Files that a reader finds either as they were or as they are meant to be, never half-written, whatever kills the
/// writer: the bytes go to a temporary file beside, are flushed to the disk, and take the name by a rename.
/// </summary>
/// <remarks>One writer at a time for each path. A killed writer leaves `path.tmp`, which the next one overwrites.</remarks>
public static class AtomicFile
{
    /// <summary>Ends the name of a file that is being written; whoever is cut off leaves it.</summary>
    internal const string Temporary = ".tmp";

    /// <summary>Replaces a file by UTF-8 text without byte order mark. The folder must exist.</summary>
    /// <exception cref="IOException">It cannot be written (see <see cref="IsDiskFull"/>); the old file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there; the old file is unchanged.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="WriteAllText"/>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        var target = Path.GetFullPath(path);
        var temporary = target + Temporary;
        var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            using (file)
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        PosixFile.FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>
    /// Deletes a folder and all in it, where there is one: out of the way at once and then file by file, so that who is cut off
    /// leaves no half of it. What an earlier one left is deleted too.
    /// </summary>
    internal static void DeleteFolder(string path)
    {
        var discarded = path + ".old" + Temporary;
        if (Directory.Exists(discarded)) Directory.Delete(discarded, recursive: true);
        if (!Directory.Exists(path)) return;
        MoveFolder(path, discarded);
        Directory.Delete(discarded, recursive: true);
    }

    /// <summary>Renames a folder.</summary>
    /// <exception cref="IOException">It cannot be; unlike .NET's, the message names the folder whatever the reason.</exception>
    internal static void MoveFolder(string path, string target)
    {
        try
        {
            Directory.Move(path, target);
        }
        catch (IOException error) when (!error.Message.Contains(path) && !error.Message.Contains(target))
        {
            throw new IOException($"{target}: {error.Message}", error.HResult);
        }
    }

    /// <summary>Whether an error of reading or writing means that the disk, or the user's share of it, is full.</summary>
    public static bool IsDiskFull(IOException error)
    {
        const int noSpace = 28, linuxQuota = 122, macQuota = 69, windowsDiskFull = unchecked((int)0x80070070);
        return error.HResult is noSpace or windowsDiskFull
            || (OperatingSystem.IsLinux() && error.HResult == linuxQuota)
            || (OperatingSystem.IsMacOS() && error.HResult == macQuota);
    }
}
