using System.Text.Json;
using System.Xml.Linq;

namespace W2S.Build.Tests;

/// <summary>NU1603 ("served in another version") is silenced for what packages ask for; here, what W2S itself asks for is held to its word.</summary>
public sealed class PackageVersionTests
{
    private static readonly Dictionary<string, string> Central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
        .Descendants("PackageVersion").ToDictionary(entry => entry.Attribute("Include").Value, entry => entry.Attribute("Version").Value, StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void What_is_asked_for_is_what_is_taken()
    {
        var taken = (from assets in Repository.RestoredProjects()
                     from library in assets.GetProperty("libraries").EnumerateObject()
                     where library.Value.GetProperty("type").GetString() == "package"
                     select (Parts: library.Name.Split('/'), Assets: assets) into found
                     let parts = found.Parts
                     where Central.ContainsKey(parts[0]) && AskedFor(found.Assets).Contains(parts[0])
                     select (Package: parts[0], Version: parts[1])).Distinct().ToList();
        Assert.Contains(taken, library => library.Package == "TorchSharp");
        Assert.All(taken, library => Assert.Equal((library.Package, Central[library.Package]), library));
    }

    /// <summary>By the project itself; what packages bring may be another version where nobody else asks: TorchSharp's SkiaSharp.</summary>
    private static HashSet<string> AskedFor(JsonElement assets) =>
        [.. from framework in assets.GetProperty("project").GetProperty("frameworks").EnumerateObject()
            where framework.Value.TryGetProperty("dependencies", out _)
            from dependency in framework.Value.GetProperty("dependencies").EnumerateObject()
            select dependency.Name];

    [Fact]
    public void Every_version_that_is_named_is_of_a_package_that_is_used()
    {
        var used = from file in Directory.EnumerateFiles(Repository.Root, "*.*", SearchOption.AllDirectories)
                   where Path.GetExtension(file) is ".csproj" or ".props" or ".targets" && !file.StartsWith(Path.Combine(Repository.Root, "artifacts"), StringComparison.Ordinal)
                   from reference in XDocument.Load(file).Descendants("PackageReference")
                   select reference.Attribute("Include")?.Value;
        Assert.Empty(Central.Keys.Except(used, StringComparer.OrdinalIgnoreCase));
    }
}
