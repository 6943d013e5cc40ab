using System.Collections.Concurrent;
using Serilog;
using Serilog.Events;

namespace W2S.Runs.Work;

public static partial class SweepWorker
{
    /// <summary>One attempt at one run: lease, run, result.</summary>
    internal sealed class Execution(SweepPlan plan, int threads, HeartbeatLease.Keeper keeper, RunServices host)
    {
        private readonly TrainingOptions _training = new()
        {
            SaveEvery = Duration.Parse(plan.Options.SaveEvery), KeepNewest = 1, SaveFinished = false, KeepBest = false,
        };
        private readonly ConcurrentDictionary<string, bool> _ran = new();

        /// <summary>Whether it was done here, perhaps because another run needed it.</summary>
        public bool HasRun(PlannedRun planned) => _ran.ContainsKey(planned.Identity);

        /// <exception cref="UserErrorException">The folder cannot be written.</exception>
        public Step TryRun(PlannedRun planned)
        {
            var folder = plan.Folder.Run(planned.Identity);
            if (PlannedRun.Result.Exists(folder)) return Step.Found;
            if (PlannedRun.Failure.Read(folder)?.IsFinal(plan.Options) == true) return Step.Failed;
            foreach (var needed in planned.After)
            {
                var its = plan.Folder.Run(needed);
                if (PlannedRun.Result.Exists(its)) continue;
                if (IsHopeless(needed)) return Step.Blocked;
                // Nobody may be about to run it: its job was cancelled, say. Then it is done here, unless somebody has it.
                if (host.Stop.IsSet || TryRun(plan.Find(needed)) is not (Step.Found or Step.Ran)) return Step.Later;
            }
            try
            {
                Directory.CreateDirectory(folder);
                if (HeartbeatLease.TryAcquire(folder, host.Time) is not { } lease) return Step.Later;
                try
                {
                    return RunUnder(lease, planned, folder);
                }
                finally
                {
                    keeper.LetGo(lease);
                }
            }
            catch (UnauthorizedAccessException error)
            {
                throw new UserErrorException(
                    $"The run folder {folder} cannot be written ({error.Message.TrimEnd('.')}). Make the sweep's folder writable for this "
                    + "user.");
            }
        }

        private Step RunUnder(HeartbeatLease lease, PlannedRun planned, string folder)
        {
            // Between the look and the lease another worker may have finished it.
            if (PlannedRun.Result.Exists(folder)) return Step.Found;
            var past = PlannedRun.Failure.Read(folder) ?? new PlannedRun.Failure(0, 0, "", "", default);
            if (lease.TookOver)
            {
                past = past with { Deaths = past.Deaths + 1, Last = host.Time.GetUtcNow() };
                past.Write(folder);
            }
            if (past.IsFinal(plan.Options)) return Step.Failed;

            var stop = new StopSignal(host.Stop);
            keeper.Keep(lease, stop);
            using var log = new Log(folder, host.Log);
            var run = host with { Stop = stop, Log = log.Logger, Metrics = IMetricSink.None, Progress = IProgressDisplay.None };
            try
            {
                run.Log.Debug("Line {Line}, {Name}, begins as {Claim}", planned.Line, planned.Name, lease.Own);
                var kind = KindOf(planned.Kind);
                var started = run.Time.GetTimestamp();
                var place = new RunKind.Place(folder, threads, _training, plan.Folder.Run) { PlannedIn = plan.PlannedIn };
                var outcome = kind.Run(kind.Read(planned.Settings), place, run);
                if (!lease.IsHeld())
                {
                    run.Log.Warning("{Name}: another worker took the run over; nothing is written", planned.Name);
                    return Step.Later;
                }
                outcome.WriteFiles(folder);
                var measures = new OrderedDictionary<string, double?>(outcome.Measures.Select(measure =>
                    KeyValuePair.Create(measure.Key, measure.Value is { } value && double.IsFinite(value) ? measure.Value : null)));
                new PlannedRun.Result(
                    planned.Identity, measures, run.Time.GetElapsedTime(started).TotalSeconds, run.Time.GetUtcNow(),
                    Environment.MachineName,
                    past.Failures, past.Deaths).Write(folder);
                _ran[planned.Identity] = true;
                return Step.Ran;
            }
            catch (StoppedException)
            {
                return Step.Later;
            }
            catch (Exception error) when (!IsOfTheMachine(error))
            {
                if (!lease.IsHeld()) return Step.Later;
                var isExplained = error is UserErrorException or TrainingFailedException;
                var failure = past with
                {
                    Failures = past.Failures + 1,
                    Message = isExplained ? error.Message : $"{error.GetType().Name}: {error.Message}",
                    Last = host.Time.GetUtcNow(),
                };
                // Where in the program it was says something only where the message does not.
                log.Logger.Debug(isExplained ? null : error, "{Name} failed: {Message}", planned.Name, failure.Message);
                failure = failure with { LogEnd = log.End() };
                failure.Write(folder);
                var isFinal = failure.IsFinal(plan.Options);
                host.Log.Warning("Line {Line}, {Name}, failed ({Failures} of {Most}{Hope}): {Message}",
                    planned.Line, planned.Name, failure.Failures, plan.Options.Retries + 1, isFinal
                        ? ""
                        : ", to be tried again", failure.Message);
                return isFinal ? Step.Failed : Step.Later;
            }
        }

        /// <summary>
        /// Whether no run could work on this machine, since a library is missing or unfit. It ends the worker, and is no failure
        /// of the run: one broken node must not use up every run's attempts within seconds.
        /// </summary>
        private static bool IsOfTheMachine(Exception error) =>
            error is DllNotFoundException or BadImageFormatException
            || (error is TypeInitializationException or System.Reflection.TargetInvocationException
                && error.InnerException is { } inner && IsOfTheMachine(inner));

        /// <summary>Whether a needed run, or one that it needs, failed for good.</summary>
        private bool IsHopeless(string identity) =>
            PlannedRun.Failure.Read(plan.Folder.Run(identity))?.IsFinal(plan.Options) == true || plan.Find(identity).After
                .Any(needed => !PlannedRun.Result.Exists(plan.Folder.Run(needed)) && IsHopeless(needed));

        /// <summary>What came of an attempt at a run.</summary>
        public enum Step
        {
            /// <summary>It was done before.</summary>
            Found,

            /// <summary>It is done by this attempt.</summary>
            Ran,

            /// <summary>It failed and is not tried again.</summary>
            Failed,

            /// <summary>It needs a run that failed for good.</summary>
            Blocked,

            /// <summary>Somebody else has it, it waits for what it needs, it failed and is to be tried again, or it was stopped.</summary>
            Later,
        }

        /// <summary>
        /// log.txt of one run, appended to by every attempt; people hear its warnings only, for thousands of runs would drown them.
        /// </summary>
        internal sealed class Log(string folder, ILogger people) : IDisposable
        {
            public const string FileName = "log.txt";
            private const int EndLines = 20;
            private readonly string _path = Path.Combine(folder, FileName);

            private readonly Serilog.Core.Logger _logger = new LoggerConfiguration()
                .MinimumLevel.Debug()
                .WriteTo.Logger(people, LogEventLevel.Warning)
                .WriteTo.File(Path.Combine(folder, FileName), formatProvider: CultureInfo.InvariantCulture)
                .CreateLogger();

            public ILogger Logger => _logger;

            /// <summary>The last lines written so far.</summary>
            public string End()
            {
                using var reader = new StreamReader(
                    new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(EndLines));
            }

            public void Dispose() => _logger.Dispose();
        }
    }
}
