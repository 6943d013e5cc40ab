namespace W2S.Data.Tests;

public sealed class TableSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Splits_are_keyed_by_seed_and_name_rows_in_any_order()
    {
        var splits = Read("row_index,split122,split7\n2,train,test\n0,valid,train\n1,test,valid\n", 3);
        Assert.Equal([7, 122], splits.Keys.Order());
        Assert.Equal([[2], [0], [1]], new[] { splits[122].Train, splits[122].Valid, splits[122].Test });
        Assert.Equal([2], splits[7].Test);
    }

    [Theory]
    [InlineData("row_index,split1\n0,train\n1,valid\n1,test\n2,test\n", "line 4: row 1 was divided before, on line 3")]
    [InlineData("row_index,split1\n0,train\n2,test\n", "1 of the table's 3 rows, the first of them row 1")]
    [InlineData("row_index,split1\n0,train\n1,valid\n2,test\n3,test\n", "line 5: row_index is '3'")]
    [InlineData("row_index,split1\n0,train\n1,valid\n2,dev\n", "line 4: 'dev'")]
    [InlineData("row_index,split1\n0,train\n1,train\n2,test\n", "the valid part of split1 is empty")]
    [InlineData("row_index,part\n0,train\n", "no column of a split")]
    public void A_split_that_overlaps_misses_rows_or_is_of_another_table_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Read(text, 3)).Message);

    [Fact]
    public void A_random_split_has_every_row_once_and_depends_on_its_seed()
    {
        var split = TableSplit.Random(122, 1000, "test");
        Assert.Equal((800, 100, 100), (split.Train.Count, split.Valid.Count, split.Test.Count));
        Assert.Equal(Enumerable.Range(0, 1000), split.Train.Concat(split.Valid).Concat(split.Test).Order());
        Assert.Equal(split.Test, TableSplit.Random(122, 1000, "test").Test);
        Assert.NotEqual(split.Test, TableSplit.Random(123, 1000, "test").Test);
    }

    private IReadOnlyDictionary<int, TableSplit> Read(string text, int rows) => TableSplit.Read(_folder.Write("splits.csv", text), rows);
}
