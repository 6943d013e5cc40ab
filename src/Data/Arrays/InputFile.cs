using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>Opens files that users name, and tells them what is wrong with the file itself.</summary>
internal static class InputFile
{
    /// <summary>For reads at any place.</summary>
    /// <exception cref="UserErrorException">It is absent, may not be read, or is a folder or a pipe.</exception>
    public static SafeFileHandle OpenHandle(string path) => Guarded(path, () =>
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            _ = RandomAccess.GetLength(file);
            return file;
        }
        catch (NotSupportedException)
        {
            file.Dispose();
            throw new UserErrorException($"{path} is a pipe, and its rows are read more than once. Write it to a file and give that.");
        }
    });

    /// <exception cref="UserErrorException">The file is absent, may not be read, or is a folder.</exception>
    public static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(
                $"There is no file {path}. Check the path; ./run.sh data list says which data sets are known and where they are looked "
                    + "for.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} may not be read, or is a folder. Give a file that you may read.");
        }
    }
}
