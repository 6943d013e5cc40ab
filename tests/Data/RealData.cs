using System.Runtime.CompilerServices;

namespace W2S.Data.Tests;

/// <summary>The real data sets, where this machine has them: W2S_DATA, or shared/data beside the repository. Tests skip where it has not.</summary>
internal static class RealData
{
    public static DataFolders Folders { get; } = new([Environment.GetEnvironmentVariable("W2S_DATA") ?? Path.Combine(Root(), "data"), Path.Combine(Root(), "..", "shared", "data")]);

    public static string File(string file)
    {
        var path = Folders.Find(file);
        Skip.If(path == null, $"{file} is not here. Fetch it with ./run.sh data fetch, or let W2S_DATA name a folder that has it.");
        return path!;
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
