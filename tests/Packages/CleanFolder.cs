using System.Text.RegularExpressions;
using System.Xml.Linq;
using W2S.Build.Tests;

namespace W2S.Packages.Tests;

/// <summary>
/// A folder of somebody who has no clone: one program of what the packages' read-me files show, restored from the local feed into
/// a package cache of its own. What W2S builds on comes from the machine's cache, for libtorch alone has 500 MB.
/// </summary>
public sealed partial class CleanFolder : IDisposable
{
    private readonly LocalFeed _feed = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-clean-").FullName;

    public CleanFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "study"));
        Write("nuget.config", new XElement("configuration",
            new XElement("config", Add("globalPackagesFolder", "packages")),
            new XElement("packageSources", Add("local", _feed.Folder)),
            new XElement("fallbackPackageFolders", Add("machine", MachineCache))).ToString());
        Write("study/Study.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NoWarn>$(NoWarn);NU1603</NoWarn>
                <InvariantGlobalization>true</InvariantGlobalization>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(LocalFeed.Libraries.Select(library => $"""<PackageReference Include="W2S.{library}" Version="{_feed.Version}" />"""))}
                <PackageReference Include="libtorch-cpu" Version="{VersionOf("libtorch-cpu")}" />
              </ItemGroup>
            </Project>
            """);
        Write("study/Program.cs", Program());
        try
        {
            Dotnet.Run(_folder, "build", "study", "--output", "bin");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public LocalFeed Feed => _feed;

    /// <summary>A file that the build left beside the program.</summary>
    public string Built(string file) => Path.Combine(_folder, "bin", file);

    /// <summary>Runs what a library's read-me file shows.</summary>
    /// <returns>What it prints.</returns>
    public string Run(string library) => Dotnet.Run(_folder, Built("Study.dll"), library);

    /// <summary>Builds and runs a program of a single file from examples/, which refers to packages where it refers to projects there.</summary>
    /// <returns>What it prints.</returns>
    public string RunExample(string name)
    {
        var code = ProjectReference().Replace(File.ReadAllText(Path.Combine(Repository.Root, "examples", $"{name}.cs")), $"""
            #:package W2S.$1@{_feed.Version}
            #:package libtorch-cpu@{VersionOf("libtorch-cpu")}
            #:property CreateHardLinksForCopyLocalIfPossible=true
            """);
        Write($"{name}.cs", code);
        Dotnet.Run(_folder, "build", $"{name}.cs", "--output", name);
        return Dotnet.Run(_folder, Path.Combine(name, $"{name}.dll"));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _feed.Dispose();
    }

    private static string MachineCache => Path.GetFullPath("../../../../../..", Repository.PackageFile("torchsharp", "runtimes/linux-x64/native/libLibTorchSharp.so"));

    private static string VersionOf(string package) => XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(entry => entry.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    /// <summary>Each example as a method; the first argument chooses.</summary>
    private static string Program()
    {
        var examples = LocalFeed.Libraries.ToDictionary(library => library, Example);
        var usings = examples.Values.SelectMany(code => Using().Matches(code).Select(match => match.Value)).Distinct();
        var cases = examples.Keys.Select(library => $"case \"{library}\": {library}(); break;");
        var methods = examples.Select(example => $"static void {example.Key}()\n{{\n{Using().Replace(example.Value, "")}}}\n");
        return $"{string.Concat(usings)}\nswitch (args[0]) {{ {string.Join(' ', cases)} }}\n\n{string.Join('\n', methods)}";
    }

    private static string Example(string library)
    {
        var file = Path.Combine(Repository.Root, "src", library, "README.md");
        var code = Code().Match(File.ReadAllText(file));
        Assert.True(code.Success, $"{file} shows no program.");
        return code.Groups["code"].Value;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^#:project \.\./src/\w+/W2S\.(\w+)\.csproj")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("^using [A-Za-z0-9. ]+;\n", RegexOptions.Multiline)]
    private static partial Regex Using();
}
