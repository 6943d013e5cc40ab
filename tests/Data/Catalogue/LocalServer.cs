using System.Net;
using System.Net.Sockets;
using System.Text;

namespace W2S.Data.Tests;

/// <summary>A web server on this machine that misbehaves as told; it speaks just enough HTTP for one GET per connection.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _ranges = [];

    public LocalServer()
    {
        _listener.Start();
        _ = Task.Run(Serve);
    }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>After how many bytes of the body each answer, in order, is cut; those after the last are whole.</summary>
    public Queue<int> Cuts { get; } = new();

    /// <summary>Statuses to answer with, in order, before anything is served.</summary>
    public Queue<int> Refusals { get; } = new();

    public bool UnderstandsRanges { get; init; } = true;

    /// <summary>The Range header of each request, "" where it had none.</summary>
    public IReadOnlyList<string> Ranges
    {
        get
        {
            lock (_ranges) return [.. _ranges];
        }
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose() => _listener.Stop();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                using var stream = connection.GetStream();
                await Answer(stream);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())!.Split(' ')[1].TrimStart('/');
        var range = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            if (line.StartsWith("Range:", StringComparison.OrdinalIgnoreCase)) range = line[6..].Trim();
        lock (_ranges) _ranges.Add(range);
        if (Refusals.TryDequeue(out var status) || (!Files.ContainsKey(path) && (status = 404) > 0))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }
        var file = Files[path];
        var from = UnderstandsRanges && range != "" ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
        if (from > 0 && from >= file.Length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 416 No\r\nContent-Range: bytes */{file.Length}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }
        var head = from > 0 ? $"206 Partial\r\nContent-Range: bytes {from}-{file.Length - 1}/{file.Length}" : "200 OK";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {file.Length - from}\r\nConnection: close\r\n\r\n"));
        var length = Cuts.TryDequeue(out var cut) ? Math.Min(cut, file.Length - from) : file.Length - from;
        await stream.WriteAsync(file.AsMemory(from, length));
    }
}
