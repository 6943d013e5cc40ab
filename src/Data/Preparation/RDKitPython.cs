using System.ComponentModel;
using System.Diagnostics;

namespace W2S.Data;

/// <summary>The Python on this machine that has RDKit.</summary>
internal static class RDKitPython
{
    /// <summary>Debian's own first: another python3 may come before it on the PATH and lack its packages.</summary>
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    /// <param name="withDescriptors">Whether SciPy is needed too.</param>
    /// <param name="ask">What it throws stops the search.</param>
    /// <exception cref="UserErrorException">None has what is needed.</exception>
    public static string Require(bool withDescriptors, Action? ask = null) =>
        Find(withDescriptors, ask) ?? throw new UserErrorException(
            $"No python3 here can import rdkit{(withDescriptors ? " and scipy" : "")}, which prepare corpora. "
            + "Install them with ./run.sh setup molecules (Debian's python3-rdkit and python3-scipy).");

    /// <summary>Its path or name, or null.</summary>
    public static string? Find(bool withDescriptors, Action? ask = null) =>
        Candidates.FirstOrDefault(python => Runs(python, $"import rdkit, numpy{(withDescriptors ? ", scipy" : "")}", ask));

    private static bool Runs(string python, string program, Action? ask)
    {
        try
        {
            var start = new ProcessStartInfo(python, ["-c", PythonProcess.Detached + program]);
            return PythonProcess.Run(start, null, _ => { }, ask).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
