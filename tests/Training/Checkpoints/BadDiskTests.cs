using W2S.Data;

namespace W2S.Training.Tests;

public sealed class BadDiskTests : IDisposable
{
    private const int Width = 10_000; // A state of 160 kB.
    private const long Steps = 40;
    private static readonly TrainingOptions Options = new() { SaveEvery = Duration.Parse("10steps"), LogEvery = Duration.Parse("5steps") };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void A_full_disk_stops_with_what_was_needed_and_nothing_is_lost()
    {
        using var disk = new SmallDisk(_folder["small"], "size=400k");
        var error = Assert.Throws<UserErrorException>(() => Train(disk.Folder));
        Assert.Contains("The disk is full: the checkpoint of a quadratic at step 30 needs 0.16 MB in " + disk.Folder, error.Message);
        Assert.Contains("step-000000020 is intact, and the same command continues from step 20", error.Message);
        Assert.Empty(Directory.GetDirectories(disk.Folder, "*.tmp"));
        Assert.All(CheckpointInspector.Verify(disk.Folder), found => Assert.Null(found.Problem));

        disk.Remount("size=4m");
        Assert.Equal(20, Train(disk.Folder).ResumedFrom);
        Train(_folder["whole"]);
        Assert.Equal(FinalState(_folder["whole"]), FinalState(disk.Folder));
    }

    [SkippableFact]
    public void A_read_only_disk_is_refused_before_anything_is_trained_and_when_saving()
    {
        using var disk = new SmallDisk(_folder["small"], "size=400k,ro");
        var error = Assert.Throws<UserErrorException>(() => RunLease.Acquire(Path.Combine(disk.Folder, "run"), TimeProvider.System));
        Assert.Contains("cannot be written", error.Message);
        Assert.Contains("cannot be written", Assert.Throws<UserErrorException>(() => Train(disk.Folder)).Message);
    }

    [SkippableFact]
    public void A_small_file_that_cannot_be_replaced_keeps_its_old_contents()
    {
        using var disk = new SmallDisk(_folder["small"], "size=64k");
        var path = Path.Combine(disk.Folder, "summary.json");
        AtomicFile.WriteAllText(path, "old");
        var error = Assert.Throws<IOException>(() => AtomicFile.WriteAllBytes(path, new byte[1_000_000]));
        Assert.True(AtomicFile.IsDiskFull(error));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(disk.Folder));
    }

    private static TrainingOutcome Train(string folder) =>
        TrainingLoop.Run(
            new QuadraticJob(Steps, Width), Options, new CheckpointStore(folder, "settings", TimeProvider.System), RunServices.Silent);

    private static byte[] FinalState(string folder) => File.ReadAllBytes(Path.Combine(folder, $"step-{Steps:D9}", Checkpoint.StateFile));
}
