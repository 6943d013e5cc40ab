using System.Diagnostics;

namespace W2S.Models.Tests;

/// <summary>
/// Folders of every family of encoders with what PyTorch's own layers compute of them: family_peer.py, run once for all tests.
/// </summary>
public sealed class FamilyPeer : IDisposable
{
    private readonly Lazy<(int ExitCode, string Errors)> _made;

    public FamilyPeer() => _made = new(() =>
    {
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Encoder", "family_peer.py"), Folder])
            {
                RedirectStandardError = true,
            })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    });

    public string Folder { get; } = Directory.CreateTempSubdirectory("w2s-test-").FullName;

    /// <summary>The folder of a family, made if it is not yet; skips the test where there is no torch.</summary>
    public string Of(string family)
    {
        BertPeer.SkipWithoutIt();
        Assert.True(_made.Value.ExitCode == 0, _made.Value.Errors);
        return Path.Combine(Folder, family);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
