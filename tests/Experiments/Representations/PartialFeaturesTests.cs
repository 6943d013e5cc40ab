namespace W2S.Experiments;

public sealed class PartialFeaturesTests : IDisposable
{
    private const int IdentityBytes = 32, EntryBytes = 8;
    private static readonly int[] Order = [2, 0, 1, 4, 3];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Place => _folder["a.safetensors"];

    [Fact]
    public void Rows_stand_where_they_belong_whatever_the_order_and_the_blocks()
    {
        using (var first = Begin()) Add(first, 2);
        using (var second = Begin())
        {
            Assert.Equal(2, second.Done);
            Assert.Equal([1, 4], second.Next(2));
            Add(second, 1);
        }
        using (var third = Begin())
        {
            Add(third, 2);
            Assert.Empty(third.Next(100));
            Assert.Equal(Expected, third.Complete().ToArray());
        }
        Assert.Equal([Place], Directory.GetFiles(_folder.Path));
        Assert.Equal(Expected, FeatureFile.Open(Place, "key")!.ToFeatures().ToArray());
    }

    [Fact]
    public void In_memory_they_are_the_same()
    {
        using var features = new PartialFeatures(null, "key", Order, 2);
        Add(features, 5);
        Assert.Equal(Expected, features.Complete().ToArray());
    }

    [Fact]
    public void A_row_of_several_examples_has_their_mean()
    {
        foreach (var place in new[] { null, Place })
        {
            using var features = new PartialFeatures(place, "key", Order, 2);
            Add(features, 5);
            Assert.Equal([0f, 0, 1.5f, 15, 3.5f, 35], features.Complete([0, 1, 3, 5]).ToArray());
        }
        Assert.Equal([Place], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_is_not_whole_cannot_be_completed()
    {
        using var features = Begin();
        Add(features, 4);
        Assert.Contains("4 of 5", Assert.Throws<InvalidOperationException>(() => features.Complete()).Message);
    }

    [Fact]
    public void A_block_that_was_cut_short_or_damaged_is_computed_again_with_all_behind_it()
    {
        using (var whole = Begin())
            foreach (var _ in Order) Add(whole, 1);
        var (blocks, rows) = (Place + ".blocks", Place + ".partial");
        var (journal, numbers) = (File.ReadAllBytes(blocks), File.ReadAllBytes(rows));
        for (var length = 0; length < journal.Length; length++)
        {
            Restore(journal[..length], numbers);
            using var cut = Begin();
            Assert.Equal(Math.Max(0, length - IdentityBytes) / EntryBytes, cut.Done);
        }
        for (var place = 0; place < journal.Length; place++)
        {
            Restore(Damaged(journal, place), numbers);
            using var read = Begin();
            Assert.Equal(Math.Max(0, place - IdentityBytes) / EntryBytes, read.Done);
        }
        var start = numbers.Length - Order.Length * 2 * sizeof(float);
        for (var place = start; place < numbers.Length; place++)
        {
            Restore(journal, Damaged(numbers, place));
            using var read = Begin();
            Assert.Equal(Array.IndexOf(Order, (place - start) / (2 * sizeof(float))), read.Done);
            while (read.Next(1).Length > 0) Add(read, 1);
            Assert.Equal(Expected, read.Complete().ToArray());
        }

        void Restore(byte[] someBlocks, byte[] someRows)
        {
            File.WriteAllBytes(blocks, someBlocks);
            File.WriteAllBytes(rows, someRows);
        }

        static byte[] Damaged(byte[] bytes, int place)
        {
            var damaged = bytes.ToArray();
            damaged[place] ^= 0x10;
            return damaged;
        }
    }

    [Theory]
    [InlineData("other", 5, 2)]
    [InlineData("key", 4, 2)]
    [InlineData("key", 5, 1)]
    public void Features_of_another_key_or_shape_are_begun_anew(string key, int examples, int width)
    {
        using (var first = Begin()) Add(first, 3);
        using var other = new PartialFeatures(Place, key, [.. Enumerable.Range(0, examples)], width);
        Assert.Equal(0, other.Done);
    }

    [Fact]
    public void Rows_that_are_written_and_read_take_no_memory_by_their_number()
    {
        const int rows = 20_000, width = 1024, block = 500;
        var (numbers, before) = (new float[block * width], GC.GetAllocatedBytesForCurrentThread());
        using var features = new PartialFeatures(Place, "large", [.. Enumerable.Range(0, rows)], width);
        while (features.Next(block) is { Length: > 0 } some)
        {
            numbers.AsSpan().Fill(some[0]);
            features.Add(numbers);
        }
        var read = features.Complete();
        for (var first = 0; first < rows; first += block)
        {
            read.Read(first, numbers);
            Assert.False(numbers.AsSpan().ContainsAnyExcept(first));
        }
        // 80 MB were written, and read again.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void A_file_that_was_cut_short_is_none()
    {
        using (var features = Begin())
        {
            Add(features, 5);
            features.Complete();
        }
        Assert.Null(FeatureFile.Open(Place, "other"));
        var bytes = File.ReadAllBytes(Place);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(Place, bytes[..length]);
            Assert.Null(FeatureFile.Open(Place, "key"));
        }
    }

    private static float[] Expected => [0, 0, 1, 10, 2, 20, 3, 30, 4, 40];

    private PartialFeatures Begin() => new(Place, "key", Order, 2);

    /// <summary>Example n has the numbers n and 10 n.</summary>
    private static void Add(PartialFeatures features, int examples) =>
        features.Add([.. features.Next(examples).SelectMany(example => new float[] { example, 10 * example })]);
}
