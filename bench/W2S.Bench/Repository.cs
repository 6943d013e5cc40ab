namespace W2S.Bench;

/// <summary>The repository that this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Where the build lays a program.</summary>
    public static string Built(string program) => Path.Combine(Root, "artifacts", "bin", program, "release", program);

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder != null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "W2S.sln"))) return folder;
        throw new InvalidOperationException($"The benchmark must run from inside the repository; {AppContext.BaseDirectory} is not.");
    }
}
