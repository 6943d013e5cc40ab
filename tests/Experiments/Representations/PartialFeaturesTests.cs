namespace W2S.Experiments;

public sealed class PartialFeaturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => _folder["a.partial"];

    [Fact]
    public void Whole_blocks_are_there_again_whatever_their_lengths()
    {
        using (var first = new PartialFeatures(File, "key", 10))
        {
            first.Add([1, 2, 3]);
            first.Add([4]);
        }
        using (var second = new PartialFeatures(File, "key", 10))
        {
            Assert.Equal(4, second.Done);
            second.Add([5, 6, 7, 8, 9, 10]);
        }
        using var third = new PartialFeatures(File, "key", 10);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], third.Values);
    }

    [Fact]
    public void A_block_that_was_cut_short_or_damaged_is_computed_again_with_all_behind_it()
    {
        using (var whole = new PartialFeatures(File, "key", 6))
            foreach (var value in (float[])[1, 2, 3]) whole.Add([value, value]);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            using var cut = new PartialFeatures(File, "key", 6);
            Assert.Equal(Math.Max(0, length - 32) / 16 * 2, cut.Done);
        }
        for (var place = 0; place < bytes.Length; place++)
        {
            var damaged = bytes.ToArray();
            damaged[place] ^= 0x10;
            System.IO.File.WriteAllBytes(File, damaged);
            using (var read = new PartialFeatures(File, "key", 6))
            {
                Assert.Equal(Math.Max(0, place - 32) / 16 * 2, read.Done);
                while (read.Done < 6) read.Add([read.Done / 2 + 1, read.Done / 2 + 1]);
            }
            using var mended = new PartialFeatures(File, "key", 6);
            Assert.Equal([1, 1, 2, 2, 3, 3], mended.Values);
        }
    }

    [Fact]
    public void Features_of_another_key_are_begun_anew()
    {
        using (var first = new PartialFeatures(File, "key", 2)) first.Add([1]);
        using var other = new PartialFeatures(File, "other", 2);
        Assert.Equal(0, other.Done);
    }
}
