namespace W2S.Data.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void While_one_has_it_no_other_gets_it_and_given_back_it_leaves_nothing()
    {
        var path = _folder.Path("file");
        using (var first = FileLock.TryAcquire(path))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryAcquire(path));
            using var another = FileLock.TryAcquire(_folder.Path("another"));
            Assert.NotNull(another);
        }
        FileLock.TryAcquire(path)!.Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path("")));
    }

    [Fact]
    public void What_a_killed_process_left_is_taken()
    {
        _folder.Write("file.lock", "of a process that is no more");
        using var taken = FileLock.TryAcquire(_folder.Path("file"));
        Assert.NotNull(taken);
    }

    /// <summary>Each deletes the file that others are about to lock.</summary>
    [Fact]
    public async Task Of_many_that_come_and_go_never_two_have_it()
    {
        var (within, turns) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var had = 0; had < 100;)
            {
                using var taken = FileLock.TryAcquire(_folder.Path("file"));
                if (taken == null) continue;
                Assert.Equal(1, Interlocked.Increment(ref within));
                had++;
                Interlocked.Increment(ref turns);
                Interlocked.Decrement(ref within);
            }
        })));
        Assert.Equal(400, turns);
    }

    [Fact]
    public async Task Who_waits_is_asked_meanwhile_and_may_give_up()
    {
        var path = _folder.Path("file");
        using var first = FileLock.TryAcquire(path);
        await Assert.ThrowsAsync<TimeoutException>(() => FileLock.AcquireAsync(path, () => throw new TimeoutException()));
        using var second = await FileLock.AcquireAsync(path, first!.Dispose);
        Assert.Null(FileLock.TryAcquire(path));
    }
}
