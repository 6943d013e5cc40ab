using System.Diagnostics;
using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Tables;

namespace W2S.Bench;

/// <summary>A probe of files that were made for it.</summary>
/// <param name="Seconds">By the clock, from the program's start to its end.</param>
/// <param name="ProcessorSeconds">Of all its threads.</param>
/// <param name="PeakBytes">The most memory that it had at a time; pages of files that others could have are not counted.</param>
/// <param name="FileBytes">Of one file of features.</param>
internal sealed record ProbeTime(int Rows, int Teachers, double Seconds, double ProcessorSeconds, long PeakBytes, long FileBytes);

/// <summary>How long `probe` takes on float32 features of width 768, by ridge on one random split, and how much memory.</summary>
internal static class ProbeTimes
{
    private const int Width = 768, Latent = 24, BlockRows = 4096;

    /// <param name="most">Rows up to which it goes, from 1,000 on by tens.</param>
    public static IReadOnlyList<ProbeTime> Measure(int most, Action<string> say)
    {
        var times = new List<ProbeTime>();
        foreach (var rows in new[] { 1000, 10_000, 100_000, 1_000_000 }.Where(rows => rows <= most))
        {
            using var files = new Files(rows, rows == 100_000 ? 5 : 1);
            times.Add(files.Probe(1));
            if (files.Teachers > 1) times.Add(files.Probe(files.Teachers));
            say($"{rows} rows");
        }
        return times;
    }

    public static void Print(IReadOnlyList<ProbeTime> times, TextWriter writer) => writer.Write(new TextTable(
        ["rows", "teachers", "time", "processor time", "peak memory", "a file"],
        [.. times.Select(IReadOnlyList<string> (time) =>
            [
                $"{time.Rows:N0}", $"{time.Teachers}", NumberText.Duration(time.Seconds), NumberText.Duration(time.ProcessorSeconds),
                    $"{time.PeakBytes >> 20} MB", $"{time.FileBytes >> 20} MB",
            ])]).ToMarkdown());

    /// <summary>Features that share some latent directions with the labels, in a folder that goes.</summary>
    private sealed class Files : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("w2s-bench-probe-").FullName;
        private readonly int _rows;

        public Files(int rows, int teachers)
        {
            (_rows, Teachers) = (rows, teachers);
            foreach (var (name, seen) in Enumerable.Range(1, teachers)
                .Select(teacher => ($"weak{teacher}", 4 * teacher)).Append(("strong", Latent))) Features(name, seen);
            var labels = new float[rows];
            for (var row = 0; row < rows; row++)
            {
                var random = new RandomStream(0, "latent", row);
                for (var direction = 0; direction < Latent; direction++) labels[row] += (float)random.NextNormal();
            }
            Write("labels", 1, (first, block) => labels.AsSpan(first, block.Length).CopyTo(block));
        }

        public int Teachers { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        public ProbeTime Probe(int teachers)
        {
            var run = Path.Combine(_folder, $"run{teachers}");
            string[] arguments =
            [
                "probe", "--quiet", .. Enumerable.Range(1, teachers).SelectMany(teacher => new[] { "--weak", File($"weak{teacher}") }),
                    "--strong", File("strong"), "--labels", File("labels"),
                "--random-splits", "0", "--out", run,
            ];
            using var process = Process.Start(ChildProcess.Start(Repository.Built("W2S"), arguments))!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            var started = Stopwatch.GetTimestamp();
            long peak = 0;
            var processor = TimeSpan.Zero;
            while (!process.WaitForExit(20))
            {
                process.Refresh();
                try
                {
                    (peak, processor) = (Math.Max(peak, process.PeakWorkingSet64), process.TotalProcessorTime);
                }
                catch (InvalidOperationException)
                {
                    // It ended in this moment.
                }
            }
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (process.ExitCode != 0 || output.Result == "") throw new InvalidOperationException($"probe ended with code "
                + $"{process.ExitCode}: {errors.Result}");
            return new ProbeTime(_rows, teachers, seconds, processor.TotalSeconds, peak, new FileInfo(File("strong")).Length);
        }

        /// <summary>Mixtures of the first latent directions, and noise.</summary>
        private void Features(string name, int seen) => Write(name, Width, (first, block) =>
        {
            var mixing = new float[seen * Width];
            var weights = new RandomStream(0, $"mixing {name}");
            foreach (ref var weight in mixing.AsSpan()) weight = (float)weights.NextNormal();
            for (var row = 0; row < block.Length / Width; row++)
            {
                var (latent, noise) = (new RandomStream(0, "latent", first + row), new RandomStream(0, $"noise {name}", first + row));
                var own = block.Slice(row * Width, Width);
                foreach (ref var value in own) value = (float)(noise.NextDouble() * 2 - 1);
                for (var direction = 0; direction < seen; direction++)
                {
                    var value = (float)latent.NextNormal();
                    for (var unit = 0; unit < Width; unit++) own[unit] += value * mixing[direction * Width + unit];
                }
            }
        });

        private delegate void Fill(int first, Span<float> block);

        private void Write(string name, int width, Fill fill)
        {
            using var stream = System.IO.File.Create(File(name));
            var writer = new NpyFile.Writer(stream, _rows, width);
            for (var first = 0; first < _rows; first += BlockRows)
            {
                var block = new float[Math.Min(BlockRows, _rows - first) * width];
                fill(first, block);
                writer.Write(block);
            }
            writer.Complete();
        }

        private string File(string name) => Path.Combine(_folder, $"{name}.npy");
    }
}
