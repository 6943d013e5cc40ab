using System.Diagnostics;
using System.Runtime.InteropServices;

namespace W2S.Runs.Launchers;

internal sealed partial class LocalLauncher
{
    /// <summary>Worker processes, each kept going until it has nothing more to do: one that dies is replaced.</summary>
    /// <param name="threads">Of each worker, and the cores that it is kept on.</param>
    /// <param name="mostShortLives">
    /// A worker that dies within seconds more often in a row is not replaced: it cannot be a run's doing.
    /// </param>
    private sealed class Pool(
        ILauncher.Request request, int workers, int threads, IReadOnlyList<int> gpus, int mostShortLives, RunServices run)
    {
        private const int Done = 0, Failed = 1, UserMistake = 2, StoppedEarly = 75;
        private const string Pinner = "/usr/bin/taskset";

        /// <summary>Looking at thousands of runs takes a while, which must stay a small part of the time.</summary>
        private const int PauseOfLooks = 20;

        private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);
        private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);

        /// <summary>Whether one of them stopped by its own clock.</summary>
        public bool TimedOut { get; private set; }

        /// <summary>What a worker said last that ended because runs failed, or something else did; empty where none ended so.</summary>
        public string LastWords { get; private set; } = "";

        /// <summary>Runs them to their end.</summary>
        /// <param name="look">Called every now and then.</param>
        /// <exception cref="StoppedException">Asked to stop; all have saved and ended.</exception>
        /// <exception cref="UserErrorException">A worker cannot be started, or refuses its work.</exception>
        public void Run(Action look)
        {
            var pool = Enumerable.Range(0, workers).Select(number => Start(number)).ToList();
            try
            {
                var nextLook = 0L;
                while (pool.Count > 0)
                {
                    if (run.Stop.IsSet) pool.ForEach(worker => worker.AskToStop());
                    Thread.Sleep(Beat);
                    if (Stopwatch.GetTimestamp() >= nextLook) nextLook = Look(look);
                    foreach (var worker in pool.Where(worker => worker.HasExited).ToList())
                    {
                        using (worker)
                        {
                            pool.Remove(worker);
                            if (Successor(worker) is { } successor) pool.Add(successor);
                        }
                    }
                }
                look();
            }
            finally
            {
                pool.ForEach(worker => worker.AskToStop());
                pool.ForEach(worker => worker.Dispose());
            }
            if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
        }

        /// <summary>Who takes the place of a worker that ended; null where its work is over.</summary>
        private Worker? Successor(Worker worker)
        {
            switch (worker.ExitCode)
            {
                case Done: return null;
                case StoppedEarly when request.MaxMinutes != null:
                    TimedOut = true;
                    return null;
                case UserMistake: throw new UserErrorException($"A worker refused its work: {worker.ErrorEnd}");
                case Failed:
                    LastWords = worker.ErrorEnd;
                    return null;
            }
            if (run.Stop.IsSet) return null;
            if (worker.ShortLives >= mostShortLives)
                throw new UserErrorException(
                    $"Worker {worker.Number} ended with code {worker.ExitCode} soon after its start, {worker.ShortLives + 1} times in a "
                    + $"row, and is not started again: {worker.ErrorEnd}");
            run.Log.Warning("Worker {Number} ended with code {Code}; another takes its place", worker.Number, worker.ExitCode);
            return Start(worker.Number, run.Time.GetElapsedTime(worker.Started) < ShortLife ? worker.ShortLives + 1 : 0);
        }

        /// <summary>When to look next.</summary>
        private static long Look(Action look)
        {
            var before = Stopwatch.GetTimestamp();
            look();
            var now = Stopwatch.GetTimestamp();
            return now + PauseOfLooks * (now - before);
        }

        /// <summary>A process of the program, kept on its own cores and GPU where that can be said.</summary>
        private Worker Start(int number, int shortLives = 0)
        {
            List<string> words =
            [
                .. Pinned(number), .. request.Words(), "--threads", Text(threads), "--offset", Text((double)number / workers), "--quiet",
            ];
            var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true };
            if (gpus.Count > 0) start.Environment["CUDA_VISIBLE_DEVICES"] = Text(gpus[number % gpus.Count]);
            return new Worker(Process.Start(start)!) { Number = number, ShortLives = shortLives, Started = run.Time.GetTimestamp() };

            static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
        }

        /// <summary>
        /// taskset becomes the program, so the process keeps its number; without it the system places threads as it likes.
        /// </summary>
        private IEnumerable<string> Pinned(int number)
        {
            var allowed = AllowedCores();
            if (!File.Exists(Pinner) || allowed.Count < workers * threads) return [];
            return [Pinner, "-c", string.Join(',', allowed.Skip(number * threads).Take(threads))];
        }

        /// <summary>
        /// The cores that this process may use, as "Cpus_allowed_list: 0-3,8" has them; empty where the system does not say.
        /// </summary>
        private static IReadOnlyList<int> AllowedCores()
        {
            const string key = "Cpus_allowed_list:";
            if (!File.Exists("/proc/self/status")) return [];
            var list = File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
            return [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(part =>
            {
                int[] ends = [.. part.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
                return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
            })];
        }
    }

    /// <summary>One worker of the pool.</summary>
    private sealed class Worker : IDisposable
    {
        private const int Terminate = 15;
        private readonly Process _process;
        private readonly Task<string> _errors;
        private bool _isAsked;

        /// <param name="process">With its streams redirected.</param>
        public Worker(Process process)
        {
            (_process, _errors) = (process, process.StandardError.ReadToEndAsync());
            _ = process.StandardOutput.ReadToEndAsync();
        }

        public required int Number { get; init; }

        /// <summary>How many processes in a row ended so soon that they may have done nothing at all.</summary>
        public required int ShortLives { get; init; }

        /// <summary>By the clock of the pool.</summary>
        public required long Started { get; init; }

        public bool HasExited => _process.HasExited;

        public int ExitCode => _process.ExitCode;

        /// <summary>What it said last.</summary>
        public string ErrorEnd => string.Join('\n', _errors.Result.TrimEnd().Split('\n').TakeLast(5));

        /// <summary>SIGTERM, once: it saves and ends.</summary>
        public void AskToStop()
        {
            if (_isAsked || _process.HasExited) return;
            _isAsked = true;
            if (OperatingSystem.IsWindows()) _process.Kill();
            else _ = kill(_process.Id, Terminate);
        }

        /// <summary>Waits for its end.</summary>
        public void Dispose()
        {
            _process.WaitForExit();
            _ = _errors.Result;
            _process.Dispose();
        }

        [DllImport("libc", SetLastError = true)]
        private static extern int kill(int process, int signal);
    }
}
