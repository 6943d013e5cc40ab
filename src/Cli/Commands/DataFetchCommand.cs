using System.CommandLine;
using W2S.Data;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`data fetch`.</summary>
internal sealed class DataFetchCommand : DocumentedCommand
{
    private readonly Argument<string[]> _names = DataArguments.Names(ArgumentArity.OneOrMore, "Data sets, as list names them.");
    private readonly Option<string?> _mirror = new("--mirror") { HelpName = "URL", Description = "Fetch the finished files from below this address, laid out as in a data folder." };
    private readonly Option<string?> _from = new("--from") { HelpName = "FOLDER", Description = "Copy the finished files from this folder." };
    private readonly Option<string?> _to = new("--to") { HelpName = "FOLDER", Description = "The data folder to fill. Default: what W2S_DATA names, else data." };

    public DataFetchCommand() : base("fetch", "Downloads data sets, or copies them from a folder.",
        "A file takes its name only when its SHA-256 is right; until then it is called .partial, and the same command continues it. Most files are "
        + "made here from their authors' ones (unpacked, a header added); where that needs more than this program can do, it says so, and --mirror "
        + "or --from serve. The authors' addresses could not be tried when this was written; the checksums tell.")
    {
        Add(_names);
        AddGroup("Where", [_mirror, _from, _to]);
        AddExample("data fetch lipop lipop-splits", "From its authors:");
        AddExample("data fetch lipop --from /media/stick/data", "Without a network:");
        SetAction(parsed => Run(parsed, services => Fetch(parsed, services), Show));
    }

    private IReadOnlyList<(string Path, bool WasThere)> Fetch(ParseResult parsed, RunServices services)
    {
        var source = Source(parsed.GetValue(_mirror), parsed.GetValue(_from));
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var fetcher = new DataFetcher(new ResumableDownload(client, services.Time), parsed.GetValue(_to) ?? DataFolders.Usual().Destination);
        return [.. DataArguments.Entries(parsed.GetValue(_names)!).Select(entry => FetchOne(fetcher, entry, source, services))];
    }

    private static (string Path, bool WasThere) FetchOne(DataFetcher fetcher, CatalogueEntry entry, FetchSource source, RunServices services)
    {
        IProgressItem? item = null;
        try
        {
            return fetcher.FetchAsync(entry, source, (there, total) =>
            {
                if (services.Stop.Reason is { } reason) throw new StoppedException(reason);
                item ??= services.Progress.Begin(entry.Name, "bytes", Math.Max(1, total ?? entry.Bytes ?? 1), there);
                item.Report(there);
            }).GetAwaiter().GetResult();
        }
        finally
        {
            item?.Dispose();
        }
    }

    private static FetchSource Source(string? mirror, string? from)
    {
        if (mirror != null && from != null) throw new UserErrorException("--mirror and --from both say where to fetch from. Give one of them.");
        if (mirror == null) return new FetchSource(From: from);
        return Uri.TryCreate(mirror, UriKind.Absolute, out var address) && address.Scheme is ("https" or "http")
            ? new FetchSource(address)
            : throw new UserErrorException($"--mirror: '{mirror}' is not an address. Give one like https://example.org/data, or a folder with --from.");
    }

    private static void Show(IReadOnlyList<(string Path, bool WasThere)> files)
    {
        foreach (var (path, wasThere) in files) Console.WriteLine($"{path}{(wasThere ? " (was there, whole)" : "")}");
    }
}
