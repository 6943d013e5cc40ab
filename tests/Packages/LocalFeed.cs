using System.IO.Compression;
using System.Xml.Linq;
using W2S.Build.Tests;

namespace W2S.Packages.Tests;

/// <summary>W2S's packages, made by <c>dotnet pack</c> into a folder of their own outside the repository.</summary>
public sealed class LocalFeed : IDisposable
{
    /// <summary>The libraries, from the ground up.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "W2S.*.csproj", SearchOption.AllDirectories)
            .Where(project => !File.ReadAllText(project).Contains("<IsPackable>false"))
            .Select(project => Path.GetFileNameWithoutExtension(project)["W2S.".Length..]).Order(StringComparer.Ordinal)];

    public LocalFeed() => Dotnet.Run(Repository.Root, "pack", "W2S.sln", "--no-build", "--output", Folder);

    public string Folder { get; } = Directory.CreateTempSubdirectory("w2s-feed-").FullName;

    /// <summary>The one version of all packages, as their file names have it.</summary>
    public string Version => Path.GetFileNameWithoutExtension(PackageOf("Data"))["W2S.Data.".Length..];

    /// <summary>The names of a package's files.</summary>
    /// <param name="extension">"nupkg", or "snupkg" for the symbols.</param>
    public IReadOnlyList<string> Files(string library, string extension = "nupkg")
    {
        using var package = ZipFile.OpenRead(Path.ChangeExtension(PackageOf(library), extension));
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>The metadata of a package: what a feed shows of it.</summary>
    public XElement Metadata(string library) => Xml(library, $"W2S.{library}.nuspec").Root!.Elements().Single(element => element.Name.LocalName == "metadata");

    /// <summary>The XML documentation beside a package's assembly.</summary>
    public XDocument Documentation(string library) => Xml(library, $"lib/net10.0/W2S.{library}.xml");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private XDocument Xml(string library, string file)
    {
        using var package = ZipFile.OpenRead(PackageOf(library));
        using var content = package.GetEntry(file)!.Open();
        return XDocument.Load(content);
    }

    private string PackageOf(string library) => Assert.Single(Directory.GetFiles(Folder, $"W2S.{library}.*.nupkg"));
}
