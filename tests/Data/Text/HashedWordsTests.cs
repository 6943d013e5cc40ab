namespace W2S.Data.Tests;

public class HashedWordsTests
{
    [Fact]
    public void Case_and_what_stands_between_words_do_not_count() =>
        Assert.Equal(Bag("The cat, the dog!"), Bag("  the CAT\n—the… Dog"));

    [Fact]
    public void An_accent_counts_however_it_is_written()
    {
        Assert.Equal(Bag("été"), Bag("e\u0301te\u0301"));
        Assert.NotEqual(Bag("été"), Bag("ete"));
    }

    [Fact]
    public void A_word_counts_as_the_logarithm_of_its_occurrences_with_a_sign_of_its_own()
    {
        var (once, thrice) = (Bag("word"), Bag("word word word"));
        var column = Assert.Single(Enumerable.Range(0, once.Length), place => once[place] != 0);
        Assert.Equal(MathF.Log(2), MathF.Abs(once[column]));
        Assert.Equal(once[column] * MathF.Log(4) / MathF.Log(2), thrice[column], 1e-6f);
    }

    [Fact]
    public void Bags_of_texts_without_a_common_word_add_up()
    {
        var (one, other, both) = (Bag("un chat noir"), Bag("two dogs"), Bag("un chat noir two dogs"));
        Assert.All(both.Index(), column => Assert.Equal(one[column.Index] + other[column.Index], column.Item, 1e-6f));
    }

    [Fact]
    public void The_order_of_words_counts_where_runs_of_them_do()
    {
        Assert.Equal(Bag("man bites dog"), Bag("dog bites man"));
        Assert.NotEqual(Bag("man bites dog", run: 2), Bag("dog bites man", run: 2));
        Assert.Equal(5, Bag("man bites dog", run: 2, width: 1 << 16).Count(value => value != 0));
        Assert.Equal(6, Bag("man bites dog", run: 3, width: 1 << 16).Count(value => value != 0));
    }

    [Fact]
    public void Words_are_spread_over_all_columns_and_both_signs()
    {
        const int width = 64, words = 6400;
        var (columns, positive) = (new int[width], 0);
        for (var word = 0; word < words; word++)
        {
            var bag = Bag(FormattableString.Invariant($"w{word}"), width: width);
            var column = Array.FindIndex(bag, value => value != 0);
            columns[column]++;
            if (bag[column] > 0) positive++;
        }
        // Binomial: 100 ± 10 a column, 3,200 ± 40 positive; six deviations.
        Assert.All(columns, count => Assert.InRange(count, 40, 160));
        Assert.InRange(positive, 2960, 3440);
    }

    [Fact]
    public void A_narrow_bag_is_no_sum_of_columns_of_a_wide_one()
    {
        // Words that share a column of 16 would otherwise lie in neighbouring columns of 1,024, by the same share of the range.
        var agree = Enumerable.Range(0, 200).Count(word => Place(word, 1024) / 64 == Place(word, 16));
        Assert.InRange(agree, 0, 40);

        static int Place(int word, int width) =>
            Array.FindIndex(Bag(FormattableString.Invariant($"w{word}"), width: width), value => value != 0);
    }

    private static float[] Bag(string text, int run = 1, int width = 512)
    {
        var bag = new float[width];
        HashedWords.Count(text, run, bag);
        return bag;
    }
}
