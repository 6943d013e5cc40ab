using W2S.Models;

namespace W2S.Experiments;

public class TableRepresentationTests
{
    [Fact]
    public void Two_arrays_of_one_file_are_told_apart_by_their_digests()
    {
        using var folder = new TemporaryFolder();
        var path = folder["two.safetensors"];
        Safetensors.Write(path, [NamedTensor.Of("a", [1f, 2f], 2, 1), NamedTensor.Of("b", [3f, 4f], 2, 1)]);
        Assert.NotEqual(StoredFeatures.DigestOf($"{path}:a"), StoredFeatures.DigestOf($"{path}:b"));
    }

    [Fact]
    public void Students_on_the_same_rows_are_fitted_on_the_same_features_and_others_on_their_own()
    {
        var (representation, table) = (new LetterCounts("all", SmallTables.Strong), SmallTables.Molecules);
        Examples.OfTable Rows(params int[] rows) => new(0, table, [rows]);
        var first = representation.FittingFeatures(Rows(3, 5, 8)).Features;
        Assert.Same(first, representation.FittingFeatures(Rows(3, 5, 8)).Features);
        var other = representation.FittingFeatures(Rows(3, 5, 9)).Features;
        Assert.Equal(representation.Features(Rows(3, 5, 9)).Values, other.ToSamples().Values);
        Assert.Equal(first.ToSamples().Values, representation.FittingFeatures(Rows(3, 5, 8)).Features.ToSamples().Values);
    }
}
