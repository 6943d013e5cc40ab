namespace W2S.Cli;

/// <summary>`data`: the data sets of the experiments on molecules and text.</summary>
internal sealed class DataCommand : DocumentedCommand
{
    public DataCommand() : base("data", "Lists, fetches, verifies and prepares data sets.",
        "Data are looked for in the folder that W2S_DATA names, in data/ and in ../shared/data. They are not part of W2S: each has a "
        + "licence of its own, which list shows.")
    {
        Add(new ListCommand());
        Add(new FetchCommand());
        Add(new VerifyCommand());
        Add(new PrepareCommand());
        AddExample("data list", "What is known, and what is here:");
        AddExample("data fetch lipop lipop-splits", "Get one of the paper's sets:");
    }

    /// <summary>`data list`.</summary>
    private sealed class ListCommand : DocumentedCommand
    {
        private readonly Option<bool> _json = new("--json") { Description = "JSON, for programs: with addresses, checksums and notes." };

        public ListCommand() : base("list", "Lists the known data sets: where each is, its licence, its checksum.",
            "Reads every file that is here to compare its SHA-256 with the catalogue's. Good content is another packing of the right text.")
        {
            AddGroup("Output", [_json]);
            AddExample("data list", "What is known, and what is here:");
            AddExample("data list --json", "With the addresses that each is made from:");
            SetAction(parsed => Show(parsed.GetValue(_json)));
        }

        private static void Show(bool json)
        {
            var folders = DataFolders.Usual();
            var found = (from entry in CatalogueEntry.All
                         let path = folders.Find(entry.File)
                         select (entry, path, state: path == null ? Checksum.State.Missing : Checksum.Check(entry, path))).ToList();
            if (json)
            {
                Console.WriteLine(ToJson(found.Select(item => new { item.entry, item.path, state = Words(item.state) })));
                return;
            }
            var rows = found.Select(item => new[]
            {
                item.entry.Name, item.entry.Rows is { } rows ? ProgressText.Count(rows) : NumberText.Nothing, Words(item.state),
                item.path ?? item.entry.File,
            });
            Console.Write(TableText.Write(new TextTable(["Name", "Rows", "State", "File"], [.. rows]), TableText.ListWidth));
            Console.WriteLine("\nLicences");
            foreach (var group in CatalogueEntry.All.GroupBy(entry => entry.Licence))
                Console.WriteLine(TableText.Wrapped($"  {string.Join(", ", group.Select(entry => entry.Name))}: {group.Key}", "    "));
        }
    }

    /// <summary>`data fetch`.</summary>
    private sealed class FetchCommand : DocumentedCommand
    {
        private readonly Argument<string[]> _names = Names(ArgumentArity.OneOrMore, "Data sets, as list names them.");
        private readonly Option<string?> _mirror = new("--mirror")
        {
            HelpName = "URL", Description = "Fetch the finished files from below this address, laid out as in a data folder.",
        };
        private readonly Option<string?> _from = new("--from")
        {
            HelpName = "FOLDER", Description = "Copy the finished files from this folder.",
        };
        private readonly Option<string?> _to = new("--to")
        {
            HelpName = "FOLDER", Description = "The data folder to fill. Default: what W2S_DATA names, else data.",
        };

        public FetchCommand() : base("fetch", "Downloads data sets, or copies them from a folder.",
            "A file takes its name only when its SHA-256 is right; until then it is called .partial, and the same command continues it. "
            + "Most files are made here from their authors' ones (unpacked, a header added); where that needs more than this program can "
            + "do, it says so, and --mirror or --from serve. The authors' addresses could not be tried when this was written; the "
            + "checksums tell.")
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
            var fetcher = new DataFetcher(
                new ResumableDownload(client, services.Time), parsed.GetValue(_to) ?? DataFolders.Usual().Destination);
            return [.. Entries(parsed.GetValue(_names)!).Select(entry => FetchOne(fetcher, entry, source, services))];
        }

        private static (string Path, bool WasThere) FetchOne(
            DataFetcher fetcher, CatalogueEntry entry, DataFetcher.Source source, RunServices services)
        {
            var (item, isWaiting) = ((IProgressDisplay.IItem?)null, false);
            try
            {
                return fetcher.FetchAsync(entry, source, Report, Wait).GetAwaiter().GetResult();
            }
            finally
            {
                item?.Dispose();
            }

            void Report(long there, long? total)
            {
                services.Stop.ThrowIfSet();
                item ??= services.Progress.Begin(entry.Name, "bytes", Math.Max(1, total ?? entry.Bytes ?? 1), there);
                item.Report(there);
            }

            void Wait()
            {
                services.Stop.ThrowIfSet();
                if (!isWaiting) services.Log.Information("{Data} is being fetched by another process; waiting until it ends", entry.Name);
                isWaiting = true;
            }
        }

        private static DataFetcher.Source Source(string? mirror, string? from)
        {
            if (mirror != null && from != null)
                throw new UserErrorException("--mirror and --from both say where to fetch from. Give one of them.");
            if (mirror == null) return new DataFetcher.Source(From: from);
            return Uri.TryCreate(mirror, UriKind.Absolute, out var address) && address.Scheme is ("https" or "http")
                ? new DataFetcher.Source(address)
                : throw new UserErrorException(
                    $"--mirror: '{mirror}' is not an address. Give one like https://example.org/data, or a folder with --from.");
        }

        private static void Show(IReadOnlyList<(string Path, bool WasThere)> files)
        {
            foreach (var (path, wasThere) in files) Console.WriteLine($"{path}{(wasThere ? " (was there, whole)" : "")}");
        }
    }

    /// <summary>`data verify`.</summary>
    private sealed class VerifyCommand : DocumentedCommand
    {
        private readonly Argument<string[]> _names = Names(
            ArgumentArity.ZeroOrMore, "Data sets, as list names them. Default: all that are here.");

        public VerifyCommand() : base("verify", "Checks data sets against the SHA-256 in the catalogue.",
            "Exits with 1 if one is damaged, or was named and is not here.")
        {
            Add(_names);
            AddExample("data verify", "Everything that is here:");
            SetAction(parsed => Verify(parsed.GetValue(_names)!));
        }

        private static int Verify(string[] names)
        {
            var folders = DataFolders.Usual();
            var (good, bad) = (0, 0);
            foreach (var entry in Entries(names))
            {
                var path = folders.Find(entry.File);
                if (path == null && names.Length == 0) continue;
                var state = path == null ? Checksum.State.Missing : Checksum.Check(entry, path);
                Console.WriteLine($"{Words(state),-12}  {entry.Name}  {path ?? entry.File}");
                if (state is Checksum.State.Good or Checksum.State.GoodContent) good++;
                else bad++;
            }
            Console.WriteLine($"{good} good, {bad} bad.");
            return bad > 0 ? ExitCodes.Failed : ExitCodes.Done;
        }
    }

    /// <summary>`data prepare`.</summary>
    private sealed class PrepareCommand : DocumentedCommand
    {
        private static readonly string[] EvaluationSets = ["esol", "freesolv", "lipop"];

        private readonly Argument<string[]> _corpora = new("corpus")
        {
            HelpName = "CORPUS",
            Arity = ArgumentArity.OneOrMore,
            Description = "Data sets by name (guacamol-v1-valid), or CSV files with a column smiles, plain or gzipped.",
        };
        private readonly Option<string> _out = new("--out")
        {
            HelpName = "FOLDER", Description = "Where the prepared corpus goes; it must not be there yet.", Required = true,
        };
        private readonly Option<int> _renumberings = new("--renumberings")
        {
            HelpName = "N", Description = "Write each molecule in so many random orders of its atoms besides. Default: 0.",
        };
        private readonly Option<bool> _descriptors = new("--descriptors")
        {
            Description = "Compute MolBERT's 200 physico-chemical descriptors (slow), from 0 to 1 each; needs physchem-distributions.",
        };
        private readonly Option<int?> _limit = new("--limit")
        {
            HelpName = "N", Description = "A random choice of so many molecules. Default: all.",
        };
        private readonly Option<bool> _keepOverlaps = new("--keep-overlaps")
        {
            Description = "Keep molecules that the evaluation sets ESOL, FreeSolv and Lipop have too.",
        };
        private readonly Option<int> _jobs = new("--jobs")
        {
            HelpName = "N", Description = "Processes. Default: 2.", DefaultValueFactory = _ => 2,
        };
        private readonly Option<long> _seed = new("--seed") { HelpName = "N", Description = "Of the choice and the orders. Default: 0." };

        public PrepareCommand() : base("prepare", "Prepares corpora for pretraining, with RDKit.",
            "Writes each molecule without aromatic atoms, as MolBERT's tokenizer takes it. Molecules that repeat an earlier one, or that "
            + "an evaluation set has, are left out and counted, compared by canonical form. Interrupted, the same command continues. Needs "
            + "python3-rdkit and, for descriptors, python3-scipy: ./run.sh setup molecules.")
        {
            Add(_corpora);
            AddGroup("What", [_out, _renumberings, _descriptors, _limit, _keepOverlaps, _seed]);
            AddGroup("How", [_jobs]);
            AddExample("data prepare guacamol-v1-valid --out data/prepared/guacamol", "Kekulised molecules:");
            AddExample("data prepare mine.csv --out made --renumberings 4 --descriptors", "With all that MolBERT's tasks take:");
            SetAction(parsed => Run(parsed, services => Prepare(parsed, services), Show));
        }

        private string Prepare(ParseResult parsed, RunServices services)
        {
            var (renumberings, limit, jobs) = (parsed.GetValue(_renumberings), parsed.GetValue(_limit), parsed.GetValue(_jobs));
            if (renumberings < 0 || limit < 2 || jobs < 1)
                throw new UserErrorException("--renumberings must be 0 or more, --limit 2 or more, --jobs 1 or more.");
            var folders = DataFolders.Usual();
            var corpora = parsed.GetValue(_corpora)!
                .Select(corpus => File.Exists(corpus) ? corpus : folders.Require(CatalogueEntry.Named(corpus).File)).ToArray();
            var tables = EvaluationSets.Select(name => CatalogueEntry.Named(name).File).ToArray();
            var missing = tables.Where(file => folders.Find(file) == null).ToArray();
            var keepsOverlaps = parsed.GetValue(_keepOverlaps);
            if (!keepsOverlaps && missing.Length > 0)
                services.Log.Warning("{Files} are not here, so their molecules are not left out", string.Join(", ", missing));
            var exclude = keepsOverlaps ? [] : tables.Select(folders.Find).OfType<string>().ToArray();
            var distributions = parsed.GetValue(_descriptors) ? folders.Require(CatalogueEntry.Named("physchem-distributions").File) : null;
            var folder = parsed.GetValue(_out)!;
            IProgressDisplay.IItem? item = null;
            try
            {
                var job = new PreparedCorpus.Job(corpora, exclude, renumberings, distributions, limit, parsed.GetValue(_seed));
                PreparedCorpus.Make(job, folder, jobs, (done, total) =>
                {
                    item ??= services.Progress.Begin(Path.GetFileName(folder), "molecules", total, done);
                    item.Report(done);
                }, services.Stop.ThrowIfSet);
            }
            finally
            {
                item?.Dispose();
            }
            return folder;
        }

        private static void Show(string folder)
        {
            var summary = PreparedCorpus.Read(folder).Summary;
            Console.WriteLine($"molecules  {ProgressText.Count(summary.Molecules)}");
            foreach (var (reason, count) in summary.Skipped) Console.WriteLine($"left out   {ProgressText.Count(count)}: {reason}");
            var missing = summary.MissingDescriptors.Count == 0 ? "none" : string.Join(", ", summary.MissingDescriptors);
            if (summary.Descriptors.Count > 0)
                Console.WriteLine($"described  by {summary.Descriptors.Count} descriptors of RDKit {summary.Rdkit}; missing: {missing}");
            Console.WriteLine(folder);
        }
    }

    public static Argument<string[]> Names(ArgumentArity arity, string description) =>
        new Argument<string[]>("name") { HelpName = "NAME", Arity = arity, Description = description }.Suggesting(
            [.. CatalogueEntry.All.Select(entry => entry.Name)]);

    /// <exception cref="UserErrorException">A name is not in the catalogue.</exception>
    public static IReadOnlyList<CatalogueEntry> Entries(string[] names) =>
        names.Length == 0 ? CatalogueEntry.All : [.. names.Select(CatalogueEntry.Named)];

    public static string Words(Checksum.State state) => state switch
    {
        Checksum.State.Good => "good",
        Checksum.State.GoodContent => "good content",
        Checksum.State.Bad => "BAD",
        _ => "not here",
    };
}
