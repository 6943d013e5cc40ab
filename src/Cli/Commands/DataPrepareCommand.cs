using System.CommandLine;
using W2S.Data;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`data prepare`.</summary>
internal sealed class DataPrepareCommand : DocumentedCommand
{
    private static readonly string[] EvaluationSets = ["esol", "freesolv", "lipop"];

    private readonly Argument<string[]> _corpora = new("corpus") { HelpName = "CORPUS", Arity = ArgumentArity.OneOrMore, Description = "Data sets by name (guacamol-v1-valid), or CSV files with a column smiles, plain or gzipped." };
    private readonly Option<string> _out = new("--out") { HelpName = "FOLDER", Description = "Where the prepared corpus goes; it must not be there yet.", Required = true };
    private readonly Option<int> _renumberings = new("--renumberings") { HelpName = "N", Description = "Write each molecule in so many random orders of its atoms besides. Default: 0." };
    private readonly Option<bool> _descriptors = new("--descriptors") { Description = "Compute MolBERT's 200 physico-chemical descriptors (slow), from 0 to 1 each; needs physchem-distributions." };
    private readonly Option<int?> _limit = new("--limit") { HelpName = "N", Description = "A random choice of so many molecules. Default: all." };
    private readonly Option<bool> _keepOverlaps = new("--keep-overlaps") { Description = "Keep molecules that the evaluation sets ESOL, FreeSolv and Lipop have too." };
    private readonly Option<int> _jobs = new("--jobs") { HelpName = "N", Description = "Processes. Default: 2.", DefaultValueFactory = _ => 2 };
    private readonly Option<long> _seed = new("--seed") { HelpName = "N", Description = "Of the choice and the orders. Default: 0." };

    public DataPrepareCommand() : base("prepare", "Prepares corpora for pretraining, with RDKit.",
        "Writes each molecule without aromatic atoms, as MolBERT's tokenizer takes it. Molecules that repeat an earlier one, or that an evaluation "
        + "set has, are left out and counted, compared by canonical form. Interrupted, the same command continues. Needs python3-rdkit and, for "
        + "descriptors, python3-scipy: ./run.sh setup molecules.")
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
        if (renumberings < 0 || limit < 2 || jobs < 1) throw new UserErrorException("--renumberings must be 0 or more, --limit 2 or more, --jobs 1 or more.");
        var folders = DataFolders.Usual();
        var corpora = parsed.GetValue(_corpora)!.Select(corpus => File.Exists(corpus) ? corpus : folders.Require(DataCatalogue.Named(corpus).File)).ToArray();
        var tables = EvaluationSets.Select(name => DataCatalogue.Named(name).File).ToArray();
        var missing = tables.Where(file => folders.Find(file) == null).ToArray();
        var keepsOverlaps = parsed.GetValue(_keepOverlaps);
        if (!keepsOverlaps && missing.Length > 0) services.Log.Warning("{Files} are not here, so their molecules are not left out", string.Join(", ", missing));
        var exclude = keepsOverlaps ? [] : tables.Select(folders.Find).OfType<string>().ToArray();
        var distributions = parsed.GetValue(_descriptors) ? folders.Require(DataCatalogue.Named("physchem-distributions").File) : null;
        var folder = parsed.GetValue(_out)!;
        IProgressItem? item = null;
        try
        {
            CorpusPreparation.Run(new PreparationJob(corpora, exclude, renumberings, distributions, limit, parsed.GetValue(_seed)), folder, jobs, (done, total) =>
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
        if (summary.Descriptors.Count > 0) Console.WriteLine($"described  by {summary.Descriptors.Count} descriptors of RDKit {summary.Rdkit}; missing: {(summary.MissingDescriptors.Count == 0 ? "none" : string.Join(", ", summary.MissingDescriptors))}");
        Console.WriteLine(folder);
    }
}
