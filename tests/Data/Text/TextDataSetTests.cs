namespace W2S.Data.Tests;

/// <summary>The two real sets of texts, where this machine has them.</summary>
public class TextDataSetTests
{
    [SkippableFact]
    public void Essays_have_seven_scores_and_a_licence_that_is_said()
    {
        RealData.File("text/ellipse_essays.csv.gz");
        var essays = Load("essays");
        Assert.Equal((2571, 2571), (essays.Texts.Count, essays.Labels.Count));
        Assert.All(essays.Labels, score => Assert.True(score is >= 1 and <= 5 && double.IsInteger(2 * score)));
        Assert.Contains("CC BY-NC-SA 4.0", Assert.Single(essays.Remarks));
        Assert.NotEqual(essays.Labels, Load("essays", "grammar").Labels);
        Assert.NotEqual(essays.Digest, Load("essays", "grammar").Digest);
        Assert.Contains("Did you mean Syntax?", Assert.Throws<UserErrorException>(() => Load("essays", "Sintax")).Message);
    }

    [SkippableFact]
    public void Reviews_that_are_empty_repeated_or_rated_out_of_range_are_left_out_and_counted()
    {
        RealData.File("text/french_book_reviews.csv.gz");
        var reviews = Load("french-reviews");
        Assert.Equal(9658 - 13 - 217 - 3, reviews.Texts.Count);
        Assert.Equal(reviews.Texts.Count, reviews.Texts.Distinct().Count());
        Assert.InRange(reviews.Labels.Max(), 0.5, 5);
        Assert.Contains("13 that are empty, 217 that repeat an earlier one and 3 with more than five stars",
            Assert.Single(reviews.Remarks));
    }

    [SkippableFact]
    public void No_book_is_in_two_parts_of_a_split_and_parts_have_their_shares()
    {
        RealData.File("text/french_book_reviews.csv.gz");
        var reviews = Load("french-reviews");
        var file = CsvTable.Read(RealData.File("text/french_book_reviews.csv.gz"), ["reader_review", "book_title"]);
        var titleOf = file.Rows.Reverse().GroupBy(row => row[0]).ToDictionary(rows => rows.Key, rows => rows.Last()[1].ToUpperInvariant());
        var books = reviews.Texts.Zip(reviews.Groups!, (text, group) => (Title: titleOf[text], Group: group)).Distinct().ToList();
        Assert.Equal(books.Count, books.DistinctBy(book => book.Title).Count());
        Assert.Equal(books.Count, books.DistinctBy(book => book.Group).Count());
        foreach (var split in reviews.Splits.Values)
        {
            int[][] own = [.. new[] { split.Train, split.Valid, split.Test }
                .Select(part => part.Select(row => reviews.Groups![row]).Distinct().ToArray())];
            Assert.Equal(reviews.Groups!.Distinct().Count(), own.Sum(part => part.Length));
            Assert.InRange(split.Train.Count / (double)reviews.Texts.Count, 0.8, 0.81);
        }
    }

    [SkippableFact]
    public void Stars_are_ratings_rounded_up()
    {
        RealData.File("text/french_book_reviews.csv.gz");
        var (numbers, classes) = (Load("french-reviews"), Load("french-reviews", asClasses: true));
        Assert.Equal(["1", "2", "3", "4", "5"], classes.Classes!.Names);
        Assert.Equal(numbers.Labels.Select(rating => Math.Ceiling(rating) - 1), classes.Labels);
    }

    [Fact]
    public void Groups_stay_whole_in_splits_and_folds()
    {
        int[] groups = [.. Enumerable.Range(0, 300).Select(row => row * row % 60)];
        var renumbered = groups.Distinct().Index().ToDictionary(group => group.Item, group => group.Index);
        groups = [.. groups.Select(group => renumbered[group])];
        var split = TableSplit.RandomGroups(3, groups, "test");
        RequireWhole([split.Train, split.Valid, split.Test]);
        Assert.Equal(split.Test, TableSplit.RandomGroups(3, groups, "test").Test);
        Assert.NotEqual(split.Train, TableSplit.RandomGroups(4, groups, "test").Train);
        RequireWhole(TableSplit.Folds(0, groups, 4, "test"));

        void RequireWhole(IReadOnlyList<IReadOnlyList<int>> parts)
        {
            Assert.Equal(Enumerable.Range(0, 300), parts.SelectMany(rows => rows).Order());
            Assert.Equal(renumbered.Count, parts.Sum(rows => rows.Select(row => groups[row]).Distinct().Count()));
        }
    }

    private static TextData Load(string name, string? label = null, bool asClasses = false) =>
        TextDataSet.Find(name)!.Load(RealData.Folders, label, asClasses);
}
