using System.Text.Json;

namespace W2S.Build.Tests;

/// <summary>This repository, found from where the tests were built, and what its projects were restored to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>project.assets.json of every project that is still there.</summary>
    public static IEnumerable<JsonElement> RestoredProjects() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, "artifacts/obj"), "project.assets.json", SearchOption.AllDirectories)
        let assets = JsonDocument.Parse(File.ReadAllText(file)).RootElement
        where File.Exists(assets.GetProperty("project").GetProperty("restore").GetProperty("projectPath").GetString())
        select assets;

    /// <summary>A file of a package, in the package cache.</summary>
    public static string PackageFile(string package, string file) =>
        (from assets in RestoredProjects()
         from library in assets.GetProperty("libraries").EnumerateObject()
         where library.Name.StartsWith(package + "/", StringComparison.OrdinalIgnoreCase)
         from cache in assets.GetProperty("packageFolders").EnumerateObject()
         let path = Path.Combine(cache.Name, library.Value.GetProperty("path").GetString()!, file)
         where File.Exists(path)
         select path).First();

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "W2S.sln")) ? folder : Find(Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new DirectoryNotFoundException("The tests do not stand in the repository."));
}
