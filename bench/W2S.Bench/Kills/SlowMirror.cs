using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using W2S.Data;

namespace W2S.Bench;

/// <summary>
/// A mirror of the data folders on this machine, for `data fetch --mirror`: it understands ranges, and dawdles, so that there is a
/// download to be killed in.
/// </summary>
internal sealed class SlowMirror : IDisposable
{
    private const int Piece = 4096;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly HttpListener _listener = new();
    private readonly DataFolders _data;

    public SlowMirror(DataFolders data)
    {
        _data = data;
        Address = new Uri($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var answer = context.Response;
        try
        {
            if (_data.Find(context.Request.Url!.AbsolutePath.TrimStart('/')) is not { } path)
            {
                answer.StatusCode = (int)HttpStatusCode.NotFound;
                answer.Close();
                return;
            }
            var bytes = await File.ReadAllBytesAsync(path);
            var start = RangeHeaderValue.TryParse(context.Request.Headers["Range"], out var range) ? range.Ranges.First().From ?? 0 : 0;
            if (start > 0)
            {
                answer.StatusCode = (int)(start < bytes.Length
                    ? HttpStatusCode.PartialContent
                    : HttpStatusCode.RequestedRangeNotSatisfiable);
                var sent = start < bytes.Length ? $"{start}-{bytes.Length - 1}" : "*";
                answer.AddHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {sent}/{bytes.Length}"));
            }
            answer.ContentLength64 = Math.Max(0, bytes.Length - start);
            for (var place = start; place < bytes.Length; place += Piece)
            {
                await answer.OutputStream.WriteAsync(bytes.AsMemory((int)place, (int)Math.Min(Piece, bytes.Length - place)));
                await Task.Delay(Pause);
            }
            answer.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
        {
            answer.Abort(); // The one that asked was killed.
        }
    }
}
