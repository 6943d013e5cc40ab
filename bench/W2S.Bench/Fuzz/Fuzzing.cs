using System.Collections.Concurrent;
using System.Diagnostics;
using W2S.Data;
using W2S.Reporting.Tables;

namespace W2S.Bench;

/// <summary>What became of the inputs of one kind.</summary>
/// <param name="Read">Read without complaint.</param>
/// <param name="Refused">Refused by an announced error.</param>
/// <param name="Slowest">Seconds of the slowest input.</param>
/// <param name="MostBytes">That one input made the program allocate.</param>
internal sealed record FuzzResult(string Kind, long Read, long Refused, double Slowest, long MostBytes, IReadOnlyList<string> Findings)
{
    public long Inputs => Read + Refused + Findings.Count;
}

/// <summary>
/// Feeds readers with inputs that are nearly right. Whatever they hold, the answer must be success or an error that is
/// announced, soon and in bounded memory. What is neither is kept as a file, to be made a test.
/// </summary>
internal static class Fuzzing
{
    /// <summary>On a busy machine a thread may sleep for long; a reader that hangs takes for ever.</summary>
    private const double MostSeconds = 20;

    /// <summary>After which one that is still being read counts as endless; the process holds this much at most, then too.</summary>
    private const double EndlessSeconds = 300;

    private const long MostHeld = 4L << 30;

    /// <summary>A hundred times the longest input, and what readers take whatever they read.</summary>
    private const long MostBytes = 128L << 20;

    private const int MostFindings = 20;
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1);

    /// <param name="kinds">Names of kinds; none: all.</param>
    /// <param name="seconds">For all kinds together, shared out alike.</param>
    /// <param name="inputs">Of each kind, however long they take; null: as many as the seconds allow.</param>
    /// <param name="seed">Of the inputs.</param>
    /// <param name="findings">A folder for inputs that were answered otherwise; made when there is one.</param>
    /// <param name="say">Hears of each kind at its end, and every minute before.</param>
    public static IReadOnlyList<FuzzResult> Run(
        IReadOnlyList<string> kinds, double seconds, long? inputs, long seed, string findings, Action<string> say)
    {
        var targets = FuzzTargets.All.Where(target => kinds.Count == 0 || kinds.Contains(target.Name)).ToList();
        var results = new FuzzResult?[targets.Count];
        var share = inputs == null
            ? seconds / targets.Count * Math.Min(Environment.ProcessorCount, targets.Count)
            : double.PositiveInfinity;
        // One kind at a time for each core: kinds take unequally long.
        var places = Partitioner.Create(Enumerable.Range(0, targets.Count), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(places, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
        {
            results[index] = Feed(targets[index], share, inputs ?? long.MaxValue, seed, findings, say);
            say($"{targets[index].Name}: {results[index]!.Inputs:N0} inputs, {results[index]!.Findings.Count} findings");
        });
        return [.. results.Select(result => result!)];
    }

    public static void Print(IReadOnlyList<FuzzResult> results, TextWriter writer)
    {
        var table = new TextTable(
            ["kind", "inputs", "read", "refused", "findings", "slowest", "most memory"],
            [.. results.Select(result => (IReadOnlyList<string>)
            [
                result.Kind, $"{result.Inputs:N0}", $"{result.Read:N0}", $"{result.Refused:N0}", $"{result.Findings.Count}",
                $"{1000 * result.Slowest:N0} ms", $"{result.MostBytes / 1e6:N1} MB",
            ])]);
        writer.Write(table.ToMarkdown());
        foreach (var finding in results.SelectMany(result => result.Findings)) writer.WriteLine(finding);
    }

    private static FuzzResult Feed(FuzzTarget target, double seconds, long inputs, long seed, string findings, Action<string> say)
    {
        var memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Path.Combine(memory, $"w2s-fuzz-{Environment.ProcessId}-{target.Name}");
        try
        {
            Directory.CreateDirectory(folder);
            target.Prepare(folder);
            var path = Path.Combine(folder, target.FileName);
            var mutation = new Mutation(target.Seeds, target.Words);
            var (read, refused, slowest, most, found, clock, minutes) = (0L, 0L, 0.0, 0L, new List<string>(), Stopwatch.StartNew(), 1);
            Input? current = null;
            using var watch = new Timer(_ => EndWhereEndless(target, current, findings, say), null, WatchEvery, WatchEvery);
            for (var number = 0L; number < inputs && clock.Elapsed.TotalSeconds < seconds && found.Count < MostFindings; number++)
            {
                if (clock.Elapsed.TotalMinutes >= minutes) say($"{target.Name}: {number:N0} inputs in {minutes++} min");
                // The seeds themselves come first: a kind whose sound inputs are refused tests nothing.
                var input = number < target.Seeds.Count
                    ? target.Seeds[(int)number]
                    : mutation.Draw(new RandomStream(seed, $"fuzz {target.Name}", number));
                File.WriteAllBytes(path, input);
                current = new Input(number, input, Stopwatch.GetTimestamp());
                var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                var problem = Problem(target, path, ref read, ref refused);
                var (took, allocated) = (Stopwatch.GetElapsedTime(began).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
                (slowest, most) = (Math.Max(slowest, took), Math.Max(most, allocated));
                if (took > MostSeconds) problem ??= $"it took {took:0.0} s";
                if (allocated > MostBytes) problem ??= $"it allocated {allocated / 1e6:N0} MB";
                if (problem != null) found.Add(Keep(target, number, input, problem, findings));
            }
            return new FuzzResult(target.Name, read, refused, slowest, most, found);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>An input that is being read cannot be ended but with the process: it is kept and told, and no kind goes on.</summary>
    private static void EndWhereEndless(FuzzTarget target, Input? current, string findings, Action<string> say)
    {
        if (current == null) return;
        var (seconds, held) = (Stopwatch.GetElapsedTime(current.Began).TotalSeconds, Environment.WorkingSet);
        if (seconds < EndlessSeconds && held < MostHeld) return;
        say(Keep(
            target, current.Number, current.Bytes, $"it is being read for {seconds:0} s, and the process has {held / 1e9:0.0} GB",
            findings));
        Environment.Exit(1);
    }

    /// <summary>What is wrong with the answer; null where nothing is.</summary>
    private static string? Problem(FuzzTarget target, string path, ref long read, ref long refused)
    {
        try
        {
            target.Read(path);
            read++;
            return null;
        }
        catch (Exception error) when (error is UserErrorException or InvalidDataException)
        {
            refused++;
            return error.Message.Length == 0 ? "the error has no words" : null;
        }
        catch (Exception error)
        {
            var place = error.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("W2S.", StringComparison.Ordinal))?.Trim() ?? "";
            return $"{error.GetType().Name}: {error.Message.Split('\n')[0]} {place}";
        }
    }

    private sealed record Input(long Number, byte[] Bytes, long Began);

    private static string Keep(FuzzTarget target, long number, byte[] input, string problem, string findings)
    {
        Directory.CreateDirectory(findings);
        var kept = Path.Combine(findings, $"{target.Name}-{number}{Path.GetExtension(target.FileName)}");
        File.WriteAllBytes(kept, input);
        return $"{kept}: {problem}";
    }
}
