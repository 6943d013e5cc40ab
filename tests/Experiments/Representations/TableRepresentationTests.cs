namespace W2S.Experiments;

public class TableRepresentationTests
{
    [Fact]
    public void Students_on_the_same_rows_are_fitted_on_the_same_features_and_others_on_their_own()
    {
        var (representation, table) = (new LetterCounts("all", SmallTables.Strong), SmallTables.Molecules);
        RowExamples Rows(params int[] rows) => new(0, table, [rows]);
        var first = representation.FittingFeatures(Rows(3, 5, 8)).Features;
        Assert.Same(first, representation.FittingFeatures(Rows(3, 5, 8)).Features);
        var other = representation.FittingFeatures(Rows(3, 5, 9)).Features;
        Assert.Equal(representation.Features(Rows(3, 5, 9)).Values, other.ToSamples().Values);
        Assert.Equal(first.ToSamples().Values, representation.FittingFeatures(Rows(3, 5, 8)).Features.ToSamples().Values);
    }
}
