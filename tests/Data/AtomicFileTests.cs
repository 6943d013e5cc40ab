namespace W2S.Data.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_made_and_replaced_without_leaving_anything_else()
    {
        var path = Path.Combine(_folder, "summary.json");
        AtomicFile.WriteAllText(path, "first, and longer");
        AtomicFile.WriteAllText(path, "é");
        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    /// <summary>A deletion that was cut off had taken a manifest, and a run failed for good over the checkpoint without it.</summary>
    [Fact]
    public void A_deleted_folder_is_gone_at_once_and_so_is_what_an_earlier_attempt_left_of_it()
    {
        var checkpoints = Path.Combine(_folder, "checkpoints");
        foreach (var folder in new[] { checkpoints, $"{checkpoints}.old.tmp" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "step-1"));
            File.WriteAllText(Path.Combine(folder, "step-1", "state.safetensors"), "");
        }
        AtomicFile.DeleteFolder(checkpoints);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        AtomicFile.DeleteFolder(checkpoints);
    }

    [Fact]
    public void What_a_killed_writer_left_is_overwritten()
    {
        var path = Path.Combine(_folder, "summary.json");
        File.WriteAllText(path + ".tmp", "half a file that was longer");
        AtomicFile.WriteAllText(path, "whole");
        Assert.Equal("whole", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Where_the_name_cannot_be_taken_the_temporary_file_is_removed()
    {
        var path = Path.Combine(_folder, "taken");
        Directory.CreateDirectory(Path.Combine(path, "by a folder"));
        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteAllText(path, "text"));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_missing_folder_is_not_made() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteAllText(Path.Combine(_folder, "missing", "file"), "text"));
}
