using System.Diagnostics;
using System.Text.Json;

namespace W2S.Data;

/// <summary>What `data prepare` made: molecules ready for MolBERT's tokenizer, and their descriptors.</summary>
/// <param name="Smiles">One SMILES for each molecule, as its corpus has it.</param>
/// <param name="Kekulised">One SMILES for each molecule, without aromatic atoms.</param>
/// <param name="Renumbered">[renumbering][molecule]: the same molecules with their atoms in random orders.</param>
/// <param name="Descriptors">[molecules, descriptors], row-major, each in 0 to 1; null where the corpus was prepared without.</param>
internal sealed record PreparedCorpus(
    PreparedCorpus.Manifest Summary, IReadOnlyList<string> Smiles, IReadOnlyList<string> Kekulised,
    IReadOnlyList<IReadOnlyList<string>> Renumbered, float[]? Descriptors)
{
    public int Count => Kekulised.Count;

    /// <summary>Reads the folder after checking each file against its SHA-256.</summary>
    /// <exception cref="UserErrorException">It is no prepared corpus, damaged, or has fewer than two molecules.</exception>
    public static PreparedCorpus Read(string folder)
    {
        var summary = ReadSummary(folder);
        foreach (var (name, sum) in summary.Sha256)
        {
            var file = Path.Combine(folder, name);
            var problem = !File.Exists(file) ? "missing"
                : Checksum.OfFile(file) != sum ? "not the file that was prepared: its SHA-256 is another than corpus.json says"
                : null;
            if (problem != null)
                throw new UserErrorException($"{file} is {problem}. Prepare the corpus again with ./run.sh data prepare.");
        }
        var columns = Enumerable.Range(1, summary.Renumberings)
            .Select(turn => $"renumbered_{turn}").Prepend("kekulised").Prepend("smiles").ToArray();
        var table = CsvTable.Read(Path.Combine(folder, "molecules.csv"), columns);
        if (table.Rows.Count != summary.Molecules || table.Rows.Count < 2)
            throw new UserErrorException(
                $"{folder} has {Counted.Of(table.Rows.Count, "molecule")}, and corpus.json says {summary.Molecules}; "
                    + "at least two are needed, and as many as it says. Prepare a larger corpus.");
        var texts = columns.Select((_, column) => (IReadOnlyList<string>)table.Rows.Select(row => row[column]).ToArray()).ToArray();
        return new PreparedCorpus(
            summary, texts[0], texts[1], texts[2..], summary.Descriptors.Count == 0 ? null : ReadDescriptors(folder, summary));
    }

    private static float[] ReadDescriptors(string folder, Manifest summary)
    {
        using var array = ArrayFile.Open(Path.Combine(folder, "descriptors.npy"));
        if (array.Rows != summary.Molecules || array.Width != summary.Descriptors.Count)
            throw new UserErrorException(
                $"{array.Path} is of shape ({array.Rows}, {array.Width}) where corpus.json says ({summary.Molecules}, "
                + $"{summary.Descriptors.Count}). Prepare the corpus again with ./run.sh data prepare.");
        var values = new float[array.Rows * array.Width];
        array.Read(0, values);
        return values;
    }

    private static Manifest ReadSummary(string folder)
    {
        var path = Path.Combine(folder, "corpus.json");
        if (!File.Exists(path))
            throw new UserErrorException(
                $"{folder} is no prepared corpus: it has no corpus.json. Make one with ./run.sh data prepare CORPUS --out {folder}");
        try
        {
            return JsonSerializer.Deserialize<Manifest>(
                File.ReadAllText(path), new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
        }
        catch (JsonException error)
        {
            throw new UserErrorException(
                $"{path} is damaged: {error.Message.TrimEnd('.')}. Prepare the corpus again with ./run.sh data prepare.");
        }
    }

    /// <summary>Makes one with RDKit, in processes of its own. Stopped and started again, it goes on.</summary>
    /// <param name="folder">
    /// Gets molecules.csv, corpus.json and, with descriptors, descriptors.npy; it appears only when all is there.
    /// </param>
    /// <param name="jobs">How many processes compute.</param>
    /// <param name="report">
    /// Called with molecules done and their number. What it throws stops the work; what is done is kept in FOLDER.partial.
    /// </param>
    /// <param name="ask">Called several times a second, and stops the work likewise.</param>
    /// <exception cref="UserErrorException">RDKit or a file is missing or wrong, or the folder is taken or being prepared.</exception>
    public static void Make(Job job, string folder, int jobs, Action<long, long> report, Action? ask = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(job.Renumberings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(jobs);
        folder = Path.TrimEndingDirectorySeparator(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        using var turn = FileLock.TryAcquire(folder) ?? throw new UserErrorException(
            $"{folder} is being prepared by another process. Wait until it ends, or give another --out.");
        if (Path.Exists(folder)) throw new UserErrorException($"{folder} is there already. Give another --out, or remove it.");
        var python = PythonProcess.RequireRDKit(job.Distributions != null, ask);
        // Read here first: what is wrong with a file is said better than Python would.
        foreach (var file in job.Corpora.Concat(job.Exclude)) SmilesCorpus.Read(file);
        var partial = ContinuedOrNew(job, folder + ".partial", jobs);
        RunPython(python, partial, report, ask);
        File.Delete(Path.Combine(partial, "job.json"));
        File.Delete(Path.Combine(partial, "prepare.py"));
        File.Delete(Path.Combine(partial, "fingerprint"));
        AtomicFile.MoveFolder(partial, folder);
        PosixFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(folder))!);
    }

    /// <summary>The folder of parts: an earlier one of the same job, else a new one.</summary>
    private static string ContinuedOrNew(Job job, string partial, int jobs)
    {
        var files = job.Corpora.Concat(job.Exclude).Append(job.Distributions).OfType<string>();
        var fingerprint = JsonSerializer.Serialize(new { job, sums = files.Select(Checksum.OfFile), program = Program() });
        var mark = Path.Combine(partial, "fingerprint");
        if (!File.Exists(mark) || File.ReadAllText(mark) != fingerprint)
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            AtomicFile.WriteAllText(mark, fingerprint);
        }
        AtomicFile.WriteAllText(Path.Combine(partial, "prepare.py"), Program());
        AtomicFile.WriteAllText(Path.Combine(partial, "job.json"), JsonSerializer.Serialize(new
        {
            corpora = job.Corpora.Select(Path.GetFullPath),
            exclude = job.Exclude.Select(Path.GetFullPath),
            folder = Path.GetFullPath(partial),
            renumberings = job.Renumberings,
            distributions = job.Distributions == null ? null : Path.GetFullPath(job.Distributions),
            limit = job.Limit,
            seed = job.Seed,
            jobs,
        }));
        return partial;
    }

    private static void RunPython(string python, string partial, Action<long, long> report, Action? ask)
    {
        var start = new ProcessStartInfo(python, ["-B", Path.Combine(partial, "prepare.py"), Path.Combine(partial, "job.json")]);
        // Each process is one core's work.
        foreach (var name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" }) start.Environment[name] = "1";
        var (exitCode, error) = PythonProcess.Run(start, null, Hear, ask);
        if (exitCode != 0) throw new IOException($"Preparing the corpus failed in Python: {error}. What is done is kept in {partial}");

        void Hear(string line)
        {
            if (line.Split(' ') is ["progress", var done, var total]) report(long.Parse(done), long.Parse(total));
        }
    }

    internal static string Program()
    {
        using var reader = new StreamReader(typeof(PreparedCorpus).Assembly.GetManifestResourceStream("prepare.py")!);
        return PythonProcess.Detached + reader.ReadToEnd();
    }

    /// <summary>What to prepare. The same job has the same fingerprint, so that an interrupted one is continued.</summary>
    /// <param name="Corpora">CSV files, plain or gzipped, with a column smiles.</param>
    /// <param name="Exclude">Files of the same kind whose molecules are left out, compared by RDKit's canonical form.</param>
    /// <param name="Renumberings">How many random orders of its atoms each molecule is written in besides.</param>
    /// <param name="Distributions">physchem_distributions.json, for descriptors; null for none.</param>
    /// <param name="Limit">A random choice of so many different strings; null for all.</param>
    /// <param name="Seed">Of the choice and of the renumberings.</param>
    public sealed record Job(
        IReadOnlyList<string> Corpora, IReadOnlyList<string> Exclude, int Renumberings, string? Distributions, int? Limit, long Seed);

    /// <summary>corpus.json of a prepared corpus: where it comes from and what was left out.</summary>
    public sealed record Manifest
    {
        public required int Molecules { get; init; }
        public required int Renumberings { get; init; }
        public required IReadOnlyList<Source> Sources { get; init; }
        public required IReadOnlyList<string> Excluded { get; init; }
        public int? Limit { get; init; }
        public long Seed { get; init; }

        /// <summary>How many molecules were left out, by the reason.</summary>
        public required IReadOnlyDictionary<string, int> Skipped { get; init; }

        /// <summary>RDKit's version.</summary>
        public required string Rdkit { get; init; }

        /// <summary>Names of the columns of descriptors, MolBERT's 200 in alphabetical order; empty without descriptors.</summary>
        public required IReadOnlyList<string> Descriptors { get; init; }

        /// <summary>Those that this RDKit lacks; their columns hold the share that the value 0 has.</summary>
        public required IReadOnlyList<string> MissingDescriptors { get; init; }

        /// <summary>How often RDKit failed to compute one; 0 was taken for its value.</summary>
        public required IReadOnlyDictionary<string, int> FailedDescriptors { get; init; }

        /// <summary>Of the other files in the folder.</summary>
        public required IReadOnlyDictionary<string, string> Sha256 { get; init; }
    }

    /// <summary>One file that a prepared corpus was made from.</summary>
    public sealed record Source(string File, string Sha256, int Rows);
}
