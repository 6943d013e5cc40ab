using System.Runtime.CompilerServices;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>The real data sets, where this machine has them: W2S_DATA, or shared/data beside the repository.</summary>
internal static class RepositoryData
{
    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    public static DataFolders Folders { get; } =
        new([Environment.GetEnvironmentVariable("W2S_DATA") ?? Path.Combine(Root, "data"), Path.Combine(Root, "..", "shared", "data")]);

    /// <summary>A data set of MoleculeNet; the test is skipped where it is absent.</summary>
    public static MoleculeData Load(string name)
    {
        var set = MoleculeDataSet.Named(name);
        Skip.If(Folders.Find($"moleculenet/{set.Title}.csv") == null, $"{set.Title} is not here. Fetch it with ./run.sh data fetch, or let W2S_DATA name a folder that has it.");
        return set.Load(Folders);
    }

    /// <summary>The path of a file among them; the test is skipped where it is absent.</summary>
    public static string PathOf(string file)
    {
        var path = Folders.Find(file);
        Skip.If(path == null, $"{file} is not here. Let W2S_DATA name a folder that has it.");
        return path!;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
