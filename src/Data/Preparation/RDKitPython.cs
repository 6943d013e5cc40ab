using System.ComponentModel;
using System.Diagnostics;

namespace W2S.Data;

/// <summary>The Python on this machine that has RDKit.</summary>
public static class RDKitPython
{
    /// <summary>Debian's own first: another python3 may come before it on the PATH and lack its packages.</summary>
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    /// <param name="withDescriptors">Whether SciPy is needed too.</param>
    /// <exception cref="UserErrorException">None has what is needed.</exception>
    public static string Require(bool withDescriptors) =>
        Find(withDescriptors) ?? throw new UserErrorException($"No python3 here can import rdkit{(withDescriptors ? " and scipy" : "")}, which prepare corpora. Install them with ./run.sh setup molecules (Debian's python3-rdkit and python3-scipy).");

    /// <summary>Its path or name, or null.</summary>
    public static string? Find(bool withDescriptors) => Candidates.FirstOrDefault(python => Runs(python, $"import rdkit, numpy{(withDescriptors ? ", scipy" : "")}"));

    private static bool Runs(string python, string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", program]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
