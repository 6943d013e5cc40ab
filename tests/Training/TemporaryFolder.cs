namespace W2S.Training.Tests;

/// <summary>
/// An empty folder that is removed at the end of a test; in memory where the system has such a place, since flushing to a disk is
/// slow.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly string Parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public string Root { get; } = Directory.CreateDirectory(Path.Combine(Parent, $"w2s-test-{Guid.NewGuid():N}")).FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
