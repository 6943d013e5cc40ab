using System.Runtime.CompilerServices;
using TorchSharp;

namespace W2S.StandIns.Tests;

public class TorchSharpSurfaceTests
{
    [SkippableFact]
    public void Every_public_member_of_the_stand_in_exists_in_the_genuine_TorchSharp()
    {
        var listing = Path.Combine(RepositoryRoot(), "..", "shared", "api", "TorchSharp-0.106.0.txt");
        Skip.IfNot(File.Exists(listing), $"There is no listing of the genuine API at {listing}.");
        Skip.If(typeof(torch).Assembly.GetType("TorchSharp.Native") is null, "The genuine TorchSharp is in use.");

        var genuine = File.ReadLines(listing).Select(WithoutMarks).ToHashSet();
        var ours = PublicSurface.Of(typeof(torch).Assembly).Select(WithoutMarks).ToList();

        Assert.True(ours.Count > 300, $"Only {ours.Count} lines were found.");
        Assert.Equal([], ours.Except(genuine));
    }

    private static string WithoutMarks(string line) => line.Replace("?", "", StringComparison.Ordinal);

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
