using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML.Tokenizers;

namespace W2S.StandIns.Tests;

public class TokenizersSurfaceTests
{
    private static readonly Assembly Assembly = typeof(Tokenizer).Assembly;

    [SkippableFact]
    public void Every_public_member_of_the_stand_in_exists_in_the_genuine_Tokenizers()
    {
        var (genuine, ours) = Surfaces();
        Assert.True(ours.Count > 40, $"Only {ours.Count} lines were found.");
        Assert.Equal([], ours.Except(genuine));
    }

    [SkippableFact]
    public void The_abstract_Tokenizer_and_what_it_hands_out_are_complete()
    {
        var (genuine, ours) = Surfaces();
        string[] whole = ["Tokenizer", "EncodedToken", "EncodeResults<T>", "EncodeSettings", "Normalizer"];
        var expected = genuine.Where(line => whole.Any(type => line.StartsWith($"Microsoft.ML.Tokenizers.{type} ") || line.StartsWith($"Microsoft.ML.Tokenizers.{type}."))).ToList();
        Assert.True(expected.Count > 35, $"Only {expected.Count} lines were found in the listing.");
        Assert.Equal([], expected.Except(ours));
    }

    private static (HashSet<string> Genuine, List<string> Ours) Surfaces([CallerFilePath] string here = "")
    {
        var listing = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "shared", "api", "Microsoft.ML.Tokenizers-5.0.0.txt"));
        Skip.IfNot(File.Exists(listing), $"There is no listing of the genuine API at {listing}.");
        Skip.IfNot(Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Contains("stand-in"), "The genuine Microsoft.ML.Tokenizers is in use.");
        return ([.. File.ReadLines(listing).Select(WithoutMarks)], [.. PublicSurface.Of(Assembly).Select(WithoutMarks)]);
    }

    private static string WithoutMarks(string line) => line.Replace("?", "", StringComparison.Ordinal);
}
