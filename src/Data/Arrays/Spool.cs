using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>A temporary file for numbers that were text or compressed. It goes when it is closed, whatever closes it.</summary>
internal sealed class Spool : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly SafeFileHandle _file;
    private int _buffered;
    private long _written;

    public Spool()
    {
        var path = Path.Combine(Path.GetTempPath(), $"w2s-{Guid.NewGuid():N}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        // Without its name it goes even if the process is killed.
        if (!OperatingSystem.IsWindows()) File.Delete(path);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, _buffer.Length - _buffered)];
            part.CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part.Length;
            if (_buffered == _buffer.Length) Flush();
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>The file, with all that was written; whoever takes it closes it.</summary>
    public SafeFileHandle Take()
    {
        Flush();
        return _file;
    }

    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}
