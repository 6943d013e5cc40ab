using System.Reflection;
using W2S.Build.Tests;

namespace W2S.Packages.Tests;

/// <summary>What <c>dotnet pack</c> makes, looked at from outside and used without a clone.</summary>
public sealed class PackageTests(CleanFolder folder) : IClassFixture<CleanFolder>
{
    public static TheoryData<string> Libraries => [.. LocalFeed.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_package_says_what_it_is_and_brings_its_documentation_and_symbols(string library)
    {
        var metadata = folder.Feed.Metadata(library).Elements().ToLookup(element => element.Name.LocalName, element => element.Value);
        Assert.Equal([folder.Feed.Version], metadata["version"]);
        Assert.Equal(["MIT"], metadata["license"]);
        Assert.Equal(["README.md"], metadata["readme"]);
        Assert.InRange(metadata["description"].Single().Length, 80, 400);
        Assert.Contains("weak-to-strong", metadata["tags"].Single().Split(' '));
        Assert.Superset(new HashSet<string> { "README.md", $"lib/net10.0/W2S.{library}.dll", $"lib/net10.0/W2S.{library}.xml" }, folder.Feed.Files(library).ToHashSet());
        Assert.Contains($"lib/net10.0/W2S.{library}.pdb", folder.Feed.Files(library, "snupkg"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_package_explains_every_public_type_and_member(string library) =>
        Assert.Empty(new Documentation(Assembly.LoadFrom(folder.Built($"W2S.{library}.dll")), folder.Feed.Documentation(library)).Missing());

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_package_depends_on_its_fellows_of_the_same_version_and_leaves_libtorch_to_its_user(string library)
    {
        var dependencies = folder.Feed.Metadata(library).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        Assert.All(dependencies.Where(dependency => dependency.Key.StartsWith("W2S.")), dependency => Assert.Equal(folder.Feed.Version, dependency.Value));
        Assert.DoesNotContain(dependencies.Keys, id => id.StartsWith("libtorch") || id.StartsWith("TorchSharp-") || id.Contains("Analyzers"));
        if (library == "Models") Assert.Contains("TorchSharp", dependencies.Keys);
    }

    [Theory]
    [InlineData("Data", @"^the second task's samples in the order (\d, ){4}\d; its first number is -?\d+\.\d\naspirin in 21 tokens\n$")]
    [InlineData("Models", @"^features \[4, 16\]\n$")]
    [InlineData("Training", @"^loss 0\.\d{3} after \d+ steps\n$")]
    [InlineData("Reporting", @"^<svg\n$")]
    [InlineData("Runs", @"^(task \d: weak \d\.\d{3}, student \d\.\d{3}, misfit \d\.\d{3}, gain -?\d\.\d{3}\n){5}$")]
    [InlineData("Experiments", @"^(task \d: weak \d\.\d{3}, student \d\.\d{3}, misfit \d\.\d{3}, gain -?\d\.\d{3}\n){5}$")]
    public void What_a_package_shows_runs_without_a_clone(string library, string prints) => Assert.Matches(prints, folder.Run(library));

    [Fact]
    public void A_program_of_one_file_runs_without_a_clone() =>
        Assert.Matches(@"^weak \d\.\d{3}, student \d\.\d{3}, ceiling \d\.\d{3}\ngain -?\d\.\d{3} at a misfit of \d\.\d{3}\n$", folder.RunExample("own-representation"));

    [Fact]
    public void The_binding_beside_a_users_program_loads_on_older_systems_too()
    {
        var binding = File.ReadAllBytes(folder.Built("runtimes/linux-x64/native/libLibTorchSharp.so"));
        var package = File.ReadAllBytes(Repository.PackageFile("torchsharp", "runtimes/linux-x64/native/libLibTorchSharp.so"));
        Assert.Equal([(0, 2)], package.Zip(binding).Where(pair => pair.First != pair.Second).Select(pair => ((int)pair.First, (int)pair.Second)));
    }

    [Fact]
    public void A_users_program_refuses_a_gzip_that_was_cut_short() =>
        Assert.Contains("\"System.IO.Compression.UseStrictValidation\": true", File.ReadAllText(folder.Built("Study.runtimeconfig.json")));
}
