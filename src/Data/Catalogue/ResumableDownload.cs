using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace W2S.Data;

/// <summary>
/// Downloads into a file `path.partial`, which takes its name only when the server has sent all. What an earlier
/// attempt left is continued where the server can (Range), and begun again where it cannot.
/// </summary>
/// <param name="client">Its own timeout covers the wait for an answer; <see cref="StallTimeout"/> each wait for more bytes.</param>
/// <param name="time">For the pauses between attempts.</param>
public sealed class ResumableDownload(HttpClient client, TimeProvider time)
{
    private const int Attempts = 5;
    private const int BufferBytes = 1 << 16;

    /// <summary>So long may nothing arrive before the connection counts as dead.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before a failed connection is tried again.</summary>
    public TimeSpan PauseBetweenAttempts { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Where the bytes gather until they are all there.</summary>
    public static string PartialOf(string path) => path + ".partial";

    /// <param name="report">
    /// Called with the bytes that are there and, where the server says it, how many there will be. What it throws ends the download; the
    /// partial file stays.
    /// </param>
    /// <exception cref="UserErrorException">The server refuses, or the connection broke in every attempt.</exception>
    /// <exception cref="IOException">The file cannot be written; the partial file stays.</exception>
    public async Task DownloadAsync(Uri address, string path, Action<long, long?> report)
    {
        var partial = PartialOf(path);
        for (var attempt = 1; ; attempt++)
        {
            var before = LengthOf(partial);
            try
            {
                await ContinueAsync(address, partial, report).ConfigureAwait(false);
                File.Move(partial, path, overwrite: true);
                return;
            }
            catch (Exception broken) when (broken is HttpRequestException { StatusCode: null } or HttpIOException
                or OperationCanceledException or IOException { InnerException: SocketException }
                || broken is HttpRequestException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests })
            {
                // As long as something comes, going on is worth it.
                if (LengthOf(partial) > before) attempt = 0;
                if (attempt >= Attempts)
                    throw new UserErrorException($"Downloading {address} broke off {Attempts} times without a new byte: "
                        + $"{broken.Message.TrimEnd('.')}. {Counted.Of(LengthOf(partial), "byte")} "
                        + $"{(LengthOf(partial) == 1 ? "is" : "are")} kept in {partial}; the same command continues. "
                        + "Check the network and the address, or use --mirror URL or --from FOLDER.");
                await Task.Delay(PauseBetweenAttempts, time).ConfigureAwait(false);
            }
        }
    }

    private async Task ContinueAsync(Uri address, string partial, Action<long, long?> report)
    {
        var there = LengthOf(partial);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        // Ranges count the bytes as they are stored, so none may be packed for the way.
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (there > 0) request.Headers.Range = new RangeHeaderValue(there, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Either all is there already, or the file is not the one that was begun.
            if (response.Content.Headers.ContentRange?.Length == there) return;
            File.Delete(partial);
            throw new HttpIOException(HttpRequestError.InvalidResponse, "the server has fewer bytes than were received before");
        }
        if (!response.IsSuccessStatusCode) throw Refused(address, response);
        var continues = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == there;
        if (!continues) there = 0;
        var total = there + response.Content.Headers.ContentLength;
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        using var file = new FileStream(
            partial, continues ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await CopyAsync(stream, file, there, total, report).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }

    private async Task CopyAsync(Stream from, FileStream to, long there, long? total, Action<long, long?> report)
    {
        var buffer = new byte[BufferBytes];
        report(there, total);
        while (true)
        {
            using var stall = new CancellationTokenSource(StallTimeout, time);
            var count = await from.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (count == 0) break;
            to.Write(buffer, 0, count);
            report(there += count, total);
        }
        if (there < total) throw new HttpIOException(HttpRequestError.ResponseEnded, $"{there} of {total} bytes came");
    }

    private static Exception Refused(Uri address, HttpResponseMessage response) => (int)response.StatusCode is >= 500 or 429
        ? new HttpRequestException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode)
        : new UserErrorException($"{address}: the server answers {(int)response.StatusCode} {response.ReasonPhrase}. "
            + "Check the address, or use --mirror URL or --from FOLDER.");

    private static long LengthOf(string partial) => new FileInfo(partial) is { Exists: true } file ? file.Length : 0;
}
