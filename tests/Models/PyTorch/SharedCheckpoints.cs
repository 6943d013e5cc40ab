using System.Text.Json;

namespace W2S.Models.Tests;

/// <summary>
/// Genuine files of other programs with an independent listing of their contents, where W2S_DATA points or in ../shared/data beside
/// the repository.
/// </summary>
internal static class SharedCheckpoints
{
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("W2S_DATA") is { Length: > 0 } given) return Path.Combine(given, "checkpoints");
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root != null && !File.Exists(Path.Combine(root.FullName, "W2S.sln"))) root = root.Parent;
            return Path.GetFullPath(Path.Combine(root?.FullName ?? "", "..", "shared", "data", "checkpoints"));
        }
    }

    public static string Of(string file) => Path.Combine(Folder, file);

    public static void SkipIfAbsent() => Skip.IfNot(Directory.Exists(Folder), $"{Folder} is absent.");

    /// <summary>The listing's files.</summary>
    public static IReadOnlyList<JsonElement> Expected()
    {
        SkipIfAbsent();
        using var json = JsonDocument.Parse(File.ReadAllText(Of("expected.json")));
        return [.. json.RootElement.GetProperty("files").EnumerateArray().Select(file => file.Clone())];
    }
}
