using System.Diagnostics;
using System.Text.Json;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Molecules a second of a masked-token training step and of feature extraction, the fused encoder and PyTorch in turns on one core.</summary>
internal static class EncoderRun
{
    private const double PeerSeconds = 1, Seconds = 0.3;

    /// <param name="rounds">Turns.</param>
    /// <param name="json">For programs.</param>
    /// <returns>The program's exit code.</returns>
    public static int Run(int rounds, bool json)
    {
        if (EncoderProblem.Corpus() is not { } corpus)
        {
            Console.Error.WriteLine("bench encoder needs smiles/guacamol_v1_valid.csv.gz under ../shared/data, or where W2S_DATA points.");
            return 1;
        }
        var load = Processors.Load;
        var peer = Peer.Find("encoder.py");
        if (peer == null) Console.Error.WriteLine("no python3 with torch (./run.sh setup peers installs it): the peer's columns stay empty");
        var peak = Processors.Pinned(() => PeakSpeed.Measure(InstructionSets.Best)) * 1e9;
        var rows = new List<Comparison>();
        foreach (var problem in EncoderProblem.All(corpus, 32, 96)) rows.AddRange(Processors.Pinned(() => Measure(problem, peer, rounds, peak)));
        var parts = EncoderProblem.All(corpus, 32, 96, 192).Select(problem => MeasureParts(problem, rounds)).ToList();
        if (json) WriteJson(rows, parts, peer, peak, rounds, load);
        else WriteTable(rows, parts, peer, peak, rounds, load, EncoderProblem.All(corpus, 32)[0].MeanLength);
        return 0;
    }

    /// <summary>A step with the batch whole on one core and in parts on all, in turns.</summary>
    private static (string Name, Times Whole, Times InParts) MeasureParts(EncoderProblem problem, int rounds)
    {
        var (whole, inParts, taken) = (new Times(), new Times(), 0L);
        using var one = new FusedEncoder(problem.Shape);
        using var all = new FusedEncoder(problem.Shape, parts: Environment.ProcessorCount);
        foreach (var fused in (FusedEncoder[])[one, all])
        {
            fused.Load(problem.Encoder, problem.Heads);
            Repeat(problem, batch => Train(fused, batch));
        }
        for (var round = 0; round < rounds; round++)
        {
            whole.Add(Repeat(problem, batch => Train(one, batch)));
            inParts.Add(Repeat(problem, batch => Train(all, batch)));
        }
        return ($"hidden {problem.Shape.HiddenSize}", whole, inParts);

        void Train(FusedEncoder fused, int batch)
        {
            fused.AddGradients(problem.Batches[batch].Tokens, problem.Batches[batch].Targets);
            fused.Step(new OptimiserOptions(), taken++);
        }
    }

    private static Comparison[] Measure(EncoderProblem problem, Peer? peer, int rounds, double peak)
    {
        var name = $"hidden {problem.Shape.HiddenSize}";
        var step = new Comparison($"{name}, training step", problem.StepOperations, peak) { Peer = peer == null ? null : new Times() };
        var features = new Comparison($"{name}, pooled features", problem.FeatureOperations, peak) { Peer = peer == null ? null : new Times() };
        var folder = Directory.CreateTempSubdirectory("w2s-bench-").FullName;
        try
        {
            problem.Write(folder);
            using var fused = new FusedEncoder(problem.Shape);
            fused.Load(problem.Encoder, problem.Heads);
            var (options, taken) = (new OptimiserOptions(), 0L);
            Repeat(problem, Train); // compiles and fills the caches
            Repeat(problem, Extract);
            for (var round = 0; round < rounds; round++)
            {
                if (peer != null)
                {
                    var theirs = peer.Time("time", folder, $"{PeerSeconds}");
                    step.Peer!.Add(theirs["step"]);
                    features.Peer!.Add(theirs["features"]);
                }
                step.W2S.Add(Repeat(problem, Train));
                features.W2S.Add(Repeat(problem, Extract));
            }

            void Train(int batch)
            {
                fused.AddGradients(problem.Batches[batch].Tokens, problem.Batches[batch].Targets);
                fused.Step(options, taken++);
            }

            void Extract(int batch) => fused.Features(problem.Batches[batch].Tokens, EncoderPooling.Pooled);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return [step, features];
    }

    /// <summary>Median seconds of a batch over whole passes.</summary>
    private static double Repeat(EncoderProblem problem, Action<int> work)
    {
        var passes = new Times();
        for (var start = Stopwatch.GetTimestamp(); passes.Count == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var pass = Stopwatch.GetTimestamp();
            for (var batch = 0; batch < problem.Batches.Count; batch++) work(batch);
            passes.Add(Stopwatch.GetElapsedTime(pass).TotalSeconds / problem.Batches.Count);
        }
        return passes.Median;
    }

    private static double Rate(Times times) => EncoderProblem.BatchSize / times.Median;

    private static void WriteTable(List<Comparison> rows, List<(string Name, Times Whole, Times InParts)> parts, Peer? peer, double peak, int rounds, double? load, double meanLength)
    {
        Console.WriteLine($"{Processors.Description}; fused ({InstructionSets.Best.Title()}); peer: {peer?.MadeWith ?? "none"}; one thread each");
        Console.WriteLine($"peak of one core {peak / 1e9:F0} GFLOP/s; load {load:F1} before, {Processors.Load:F1} after; medians of {rounds} turns");
        Console.WriteLine($"2 layers, 2 heads, batches of {EncoderProblem.BatchSize} GuacaMol molecules of {meanLength:F0} tokens on average, masked tokens only\n");
        Console.WriteLine($"{"molecules a second",-32}{"W2S",10}{"PyTorch",10}{"ratio",8}{"least",8}{"GFLOP/s",10}{"of peak",9}");
        foreach (var row in rows)
            Console.WriteLine(
                $"{row.Name,-32}{Rate(row.W2S),10:F0}{(row.Peer == null ? "—" : $"{Rate(row.Peer):F0}"),10}{row.Ratio,8:F1}{row.LeastRatio,8:F1}"
                + $"{row.Operations / row.W2S.Median / 1e9,10:F1}{row.Operations / row.W2S.Median / peak,9:P0}");
        Console.WriteLine($"\n{"training molecules a second",-32}{"1 part",10}{$"{Environment.ProcessorCount} parts",10}{"ratio",8}{"least",8}");
        foreach (var (name, whole, inParts) in parts)
            Console.WriteLine($"{name,-32}{Rate(whole),10:F0}{Rate(inParts),10:F0}{whole.Median / inParts.Median,8:F2}{whole.Least / inParts.Least,8:F2}");
    }

    private static void WriteJson(List<Comparison> rows, List<(string Name, Times Whole, Times InParts)> parts, Peer? peer, double peak, int rounds, double? load) => Console.WriteLine(JsonSerializer.Serialize(new
    {
        processor = Processors.Description, instructions = InstructionSets.Best.Title(), peer = peer?.MadeWith, peak, rounds, load_before = load, load_after = Processors.Load,
        rows = rows.Select(row => new
        {
            name = row.Name, molecules_per_second = Rate(row.W2S), peer_molecules_per_second = row.Peer == null ? (double?)null : Rate(row.Peer),
            ratio = row.Ratio, least_ratio = row.LeastRatio, gigaflops = row.Operations / row.W2S.Median / 1e9, seconds = row.W2S.Median, least_seconds = row.W2S.Least,
        }),
        parts = parts.Select(row => new { name = row.Name, cores = Environment.ProcessorCount, molecules_per_second = Rate(row.Whole), in_parts = Rate(row.InParts), ratio = row.Whole.Median / row.InParts.Median }),
    }, new JsonSerializerOptions { WriteIndented = true }));
}
