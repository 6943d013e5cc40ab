using System.Runtime.InteropServices;

namespace W2S.Runs.Leases;

/// <summary>A second name for a file, made only where that name is free, as one step on every shared file system.</summary>
internal static class HardLink
{
    private const int Exists = 17; // EEXIST, on Linux and macOS alike

    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses for another reason.</exception>
    public static bool TryCreate(string existing, string name)
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
        throw new IOException($"No link {name} can be made: {Marshal.GetPInvokeErrorMessage(error)}. The sweep's folder must be on a file system with hard links.");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
