using System.Diagnostics;
using System.Text.Json;

namespace W2S.Data;

/// <summary>Makes a prepared corpus with RDKit, in processes of its own. Stopped and started again, it goes on.</summary>
internal static class CorpusPreparation
{
    /// <param name="folder">
    /// Gets molecules.csv, corpus.json and, with descriptors, descriptors.npy; it appears only when all is there.
    /// </param>
    /// <param name="jobs">How many processes compute.</param>
    /// <param name="report">
    /// Called with molecules done and their number. What it throws stops the work; what is done is kept in FOLDER.partial.
    /// </param>
    /// <param name="ask">Called several times a second, and stops the work likewise.</param>
    /// <exception cref="UserErrorException">RDKit or a file is missing or wrong, or the folder is taken or being prepared.</exception>
    public static void Run(Job job, string folder, int jobs, Action<long, long> report, Action? ask = null)
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
        using var reader = new StreamReader(typeof(CorpusPreparation).Assembly.GetManifestResourceStream("prepare.py")!);
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
}
