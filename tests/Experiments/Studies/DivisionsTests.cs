using W2S.Data;
using W2S.Runs;

namespace W2S.Experiments;

/// <summary>Tables divided at random by any seed, and into folds.</summary>
public class DivisionsTests
{
    private const int Rows = 1000;

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Every_row_is_tested_in_one_fold_and_valid_in_the_one_before(int folds)
    {
        var splits = SplitTable.Divided(SmallTables.Molecules, SmallTables.Study($"folds={folds}"));
        Assert.Equal(Enumerable.Range(0, folds), splits.Select(split => split.Seed));
        Assert.Equal(Enumerable.Range(0, Rows), splits.SelectMany(split => split.Test).Order());
        foreach (var (split, next) in splits.Zip(splits.Skip(1).Append(splits[0])))
        {
            Assert.Equal(next.Test, split.Valid);
            Assert.Equal(Enumerable.Range(0, Rows), split.Train.Concat(split.Valid).Concat(split.Test).Order());
            Assert.InRange(split.Test.Count, Rows / folds, (Rows + folds - 1) / folds);
        }
    }

    [Fact]
    public void The_studys_seed_draws_the_folds_and_neither_data_nor_fold_repeats_another()
    {
        var (one, same, other) = (Tested(0), Tested(0), Tested(1));
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.NotEqual(Enumerable.Range(0, Rows / 5), one);

        static IReadOnlyList<int> Tested(long seed) => SplitTable.Divided(SmallTables.Molecules, SmallTables.Study("folds=5", $"seed={seed}"))[0].Test;
    }

    [Fact]
    public void A_random_split_is_the_tables_own_where_that_is_random_and_there_is_one_for_any_seed()
    {
        var splits = SplitTable.Divided(SmallTables.Molecules, SmallTables.Study("random_splits=[122, 7, 8]", "seed=5"));
        Assert.Equal(SmallTables.Molecules.Splits[122].Test, splits[0].Test);
        Assert.Equal([122, 7, 8], splits.Select(split => split.Seed));
        Assert.NotEqual(splits[1].Test, splits[2].Test);
        Assert.All(splits, split => Assert.Equal((800, 100, 100), (split.Train.Count, split.Valid.Count, split.Test.Count)));
        Assert.All(splits, split => Assert.Equal(Enumerable.Range(0, Rows), split.Train.Concat(split.Valid).Concat(split.Test).Order()));
    }

    /// <summary>1000 rows in 7 folds are of two sizes, so these cells come in several blocks.</summary>
    [Theory]
    [InlineData("train", "ridge")]
    [InlineData("half", "exact")]
    [InlineData("valid", "adamw")]
    public void A_fold_has_the_numbers_of_a_table_whose_only_split_it_is(string protocol, string solver)
    {
        string[] settings = [$"protocol={protocol}", $"heads.solver={solver}", "heads.optimiser.epochs=2"];
        var study = SmallTables.Study(["folds=7", .. settings]);
        var together = SmallTables.Run(study, SmallTables.Molecules);
        var splits = SplitTable.Divided(SmallTables.Molecules, study);
        Assert.Equal(7, together.Count);
        foreach (var (fold, cell) in together.Index())
        {
            var alone = SmallTables.Run(SmallTables.Study(settings), SmallTables.Molecules with { Splits = new Dictionary<int, TableSplit> { [fold] = splits[fold] } });
            // Rows are resampled where there is one cell, cells where there are many.
            Assert.Equal(Fingerprint.Of(Assert.Single(alone) with { Intervals = null }), Fingerprint.Of(cell));
        }
    }

    [Theory]
    [InlineData("take 3 or more", "folds=2")]
    [InlineData("divided in one way", "folds=5", "splits=[122]")]
    [InlineData("divided in one way", "folds=5", "random_splits=[1]")]
    [InlineData("named twice", "random_splits=[1, 2, 1]")]
    public void What_does_not_go_together_is_refused(string part, params string[] assignments) =>
        Assert.Contains(part, Assert.Throws<UserErrorException>(() => SmallTables.Study(assignments)).Message);

    [Fact]
    public void More_folds_than_rows_are_refused() => Assert.Contains(
        "1000 rows, which cannot be 1001 folds", Assert.Throws<UserErrorException>(() => new SplitTable(SmallTables.Molecules, SmallTables.Study("folds=1001"))).Message);
}
