namespace W2S.Data;

/// <summary>Brings data sets into a data folder: nothing takes its name there before its SHA-256 is right.</summary>
public sealed partial class DataFetcher(ResumableDownload download, string destination)
{
    /// <param name="report">As of <see cref="ResumableDownload.DownloadAsync"/>.</param>
    /// <param name="wait">Called several times a second while another process fetches the same; what it throws ends the wait.</param>
    /// <returns>The path, and whether it was there already.</returns>
    /// <exception cref="UserErrorException">It cannot be had from there, or what came is not what the catalogue says.</exception>
    /// <exception cref="IOException">The disk is full or not writable; what came is kept, and the same call continues.</exception>
    public async Task<(string Path, bool WasThere)> FetchAsync(
        CatalogueEntry entry, Source source, Action<long, long?> report, Action? wait = null)
    {
        var target = Path.Combine(destination, entry.File);
        if (IsThere()) return (target, true);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        using var turn = await FileLock.AcquireAsync(target, wait).ConfigureAwait(false);
        if (IsThere()) return (target, true);
        if (source.From is { } folder)
            await Task.Run(() => Copy(entry, folder, target)).ConfigureAwait(false);
        else if (source.Mirror is { } mirror)
            await DownloadFinished(
                entry, new Uri(mirror.AbsoluteUri.TrimEnd('/') + "/" + entry.File), target, report).ConfigureAwait(false);
        else
            await DownloadUpstream(entry, target, report).ConfigureAwait(false);
        PosixFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(target))!);
        return (target, false);

        bool IsThere() => Checksum.Check(entry, target) is Checksum.State.Good or Checksum.State.GoodContent;
    }

    private static void Copy(CatalogueEntry entry, string folder, string target)
    {
        var found = new[] { Path.Combine(folder, entry.File), Path.Combine(folder, Path.GetFileName(entry.File)) }
            .FirstOrDefault(File.Exists)
            ?? throw new UserErrorException(
                $"{folder} has neither {entry.File} nor {Path.GetFileName(entry.File)}. Give a folder that has the finished file.");
        var copy = target + ".new";
        File.Copy(found, copy, overwrite: true);
        TakeName(entry, copy, target, found);
    }

    private async Task DownloadFinished(CatalogueEntry entry, Uri address, string target, Action<long, long?> report)
    {
        var whole = target + ".new";
        var resumed = File.Exists(ResumableDownload.PartialOf(whole));
        await download.DownloadAsync(address, whole, report).ConfigureAwait(false);
        // What an earlier attempt began may have been another version of the file: once more from its first byte.
        if (resumed && Checksum.Check(entry, whole) == Checksum.State.Bad)
        {
            File.Delete(whole);
            await download.DownloadAsync(address, whole, report).ConfigureAwait(false);
        }
        TakeName(entry, whole, target, address.AbsoluteUri);
    }

    private async Task DownloadUpstream(CatalogueEntry entry, string target, Action<long, long?> report)
    {
        if (entry.Transformation == CatalogueEntry.Recipe.ByHand)
            throw new UserErrorException(
                $"{entry.Name} cannot be made from its upstream file by this program: {entry.TransformationInWords} (from "
                + $"{string.Join(", ", entry.Upstream)}). Use --mirror URL or --from FOLDER, where the finished {entry.File} lies.");
        if (entry.Transformation == CatalogueEntry.Recipe.None)
        {
            await DownloadFinished(entry, new Uri(entry.Upstream[0]), target, report).ConfigureAwait(false);
            return;
        }
        var sources = entry.Upstream.Select((_, index) => $"{target}.source{index}").ToArray();
        for (var index = 0; index < sources.Length; index++)
            if (!File.Exists(sources[index]))
                await download.DownloadAsync(new Uri(entry.Upstream[index]), sources[index], report).ConfigureAwait(false);
        var made = target + ".new";
        try
        {
            Make(entry.Transformation, sources, made);
        }
        catch (InvalidDataException wrong)
        {
            Delete([made, .. sources]);
            throw new UserErrorException(
                $"What came from {string.Join(", ", entry.Upstream)} is not what {entry.Name} is made from: {wrong.Message} It was "
                + "deleted; try again, or use --mirror URL or --from FOLDER.");
        }
        try
        {
            TakeName(entry, made, target, string.Join(", ", entry.Upstream));
        }
        finally
        {
            Delete(sources);
        }
    }

    private static void TakeName(CatalogueEntry entry, string candidate, string target, string origin)
    {
        if (Checksum.Check(entry, candidate) == Checksum.State.Bad)
        {
            var found = Checksum.OfFile(candidate);
            File.Delete(candidate);
            throw new UserErrorException(
                $"What came from {origin} is not {entry.File}: its SHA-256 is {found}, not {entry.Sha256 ?? entry.ContentSha256}. It "
                + "was deleted. The source may have changed or be damaged; use --mirror URL or --from FOLDER.");
        }
        File.Move(candidate, target, overwrite: true);
    }

    private static void Delete(IEnumerable<string> files)
    {
        foreach (var file in files) File.Delete(file);
    }

    /// <summary>Where to fetch from, instead of the upstream addresses: at most one of the two.</summary>
    /// <param name="Mirror">An address below which the finished files lie as in a data folder.</param>
    /// <param name="From">A folder that has the finished files as a data folder has them, or all in one place.</param>
    public sealed record Source(Uri? Mirror = null, string? From = null);
}
