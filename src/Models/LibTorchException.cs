using System.Text.RegularExpressions;

namespace W2S.Models;

/// <summary>libtorch cannot be used on this machine. The message is the problem and its remedy, for people.</summary>
public sealed partial class LibTorchException : DllNotFoundException
{
    /// <param name="problem">What is wrong, as a sentence.</param>
    /// <param name="remedy">What to do about it, as a sentence.</param>
    internal LibTorchException(string problem, string remedy) : base($"{problem} {remedy}") => (Problem, Remedy) = (problem, remedy);

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>One of the files that the build lays beside the program is not what it must be.</summary>
    internal static LibTorchException Damaged(string file, string defect) =>
        new(
            $"{file} {defect}.",
            $"Fetch it anew: delete artifacts/ and, in the package cache {PackageCache}, torchsharp/ and libtorch-*/; then ./run.sh setup. "
            + "A program of your own refers to libtorch-cpu or TorchSharp-cuda-linux beside W2S's packages.");

    /// <summary>From what the system's loader (glibc's dlopen) says, in .NET's DllNotFoundException.</summary>
    internal static LibTorchException Explain(string message)
    {
        // .NET's own sentence comes first, then a line for each place that was tried.
        var loader = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');
        if (Version().Match(loader) is { Success: true } version)
            return version.Groups["name"].Value == "GLIBC"
                ? new($"This system's C library is too old for libtorch: {loader}.",
                    "Use a system with glibc 2.34 or later (Debian 12, Ubuntu 22.04, RHEL 9), or the image of cluster/Dockerfile.")
                : new($"This system's libstdc++ is too old for TorchSharp: {loader}.",
                    "Use a system with the libstdc++ of GCC 12 or later (Debian 12, Ubuntu 22.04), or put one, of a GCC module or of "
                        + "conda, first on LD_LIBRARY_PATH. "
                    + "Where GLIBCXX_3.4.32 alone is lacking, delete artifacts/ and build again: W2S's own build does without it.");
        if (loader.Contains("undefined symbol", StringComparison.Ordinal))
            return new(
                $"Another libtorch's file was taken in the place of this one's: {loader}.",
                "Unset LD_LIBRARY_PATH, or take the folders of other PyTorchs out of it.");
        return Missing().Match(loader) is { Success: true } missing
            ? new($"{missing.Groups["file"].Value}, which libtorch needs, is missing.",
                "If it is the system's, install it (on Debian: apt-get install libstdc++6 libgcc-s1). "
                    + "If it is libtorch's own, delete artifacts/ and run ./run.sh setup.")
            : new(
                $"libtorch cannot be loaded: {loader}.",
                "Delete artifacts/ and run ./run.sh setup; if that does not help, the words above are the system loader's.");
    }

    private static string PackageCache =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    [GeneratedRegex("version `(?<name>GLIBC|GLIBCXX|CXXABI)_[^']*' not found")]
    private static partial Regex Version();

    [GeneratedRegex("^(?<file>[^:]+): cannot open shared object file")]
    private static partial Regex Missing();
}
