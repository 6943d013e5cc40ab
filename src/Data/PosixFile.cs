using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>What .NET's own file calls cannot do on Linux and macOS.</summary>
internal static class PosixFile
{
    private const int ReadOnly = 0;
    private const int Exists = 17; // EEXIST, on Linux and macOS alike

    /// <summary>
    /// Flushes a folder's list of names to the disk, so that a rename in it survives a power cut. Does nothing on Windows,
    /// and where a file system refuses to flush folders (some network ones do): the data is then as safe as it can be.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = OpenForReading(folder);
        if (handle != null) _ = fsync((int)handle.DangerousGetHandle());
    }

    /// <summary>
    /// A file or folder opened for reading without the advisory lock that .NET takes, so that a file which another
    /// process holds locked can be read; null where it cannot be opened.
    /// </summary>
    public static SafeFileHandle? OpenForReading(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        var descriptor = open(path, ReadOnly);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Makes a second name for a file where that name is free, as one step on every shared file system.</summary>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses for another reason.</exception>
    public static bool TryLink(string existing, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Copy(existing, name, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(name))
            {
                return false;
            }
        }
        if (link(existing, name) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == Exists) return false;
        throw new IOException(
            $"No link {name} can be made: {Marshal.GetPInvokeErrorMessage(error)}. The folder must be on a file system with hard links.");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);
}
