namespace W2S.Experiments;

/// <summary>The shared libraries that this process has loaded, from /proc.</summary>
internal static class LoadedLibraries
{
    /// <summary>The path of the first one whose file name starts with one of the names; null where none is, or the system does not tell.</summary>
    public static string? Find(params string[] names)
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps)) return null;
        var paths = File.ReadLines(maps).Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "").Distinct();
        return paths.FirstOrDefault(path => names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)));
    }
}
