namespace W2S.Training;

/// <summary>The one training loop: every representation and all heads go through it.</summary>
public static class TrainingLoop
{
    /// <summary>
    /// Trains a job to its end, continuing from the store's newest checkpoint if there is one. Whatever interrupts it
    /// (a stop signal, kill -9, a power cut), running it again ends in the same bits.
    /// </summary>
    /// <param name="store">Where checkpoints go; null for a training too short to be worth one.</param>
    /// <exception cref="StoppedException">The run was asked to stop; the state is saved.</exception>
    /// <exception cref="TrainingFailedException">The loss became NaN or infinite.</exception>
    /// <exception cref="UserErrorException">A checkpoint is damaged, foreign or cannot be written.</exception>
    public static TrainingOutcome Run(ITrainingJob job, TrainingOptions options, CheckpointStore? store, RunServices run)
    {
        if (options.LogEvery.IsTime)
            throw new UserErrorException(
                $"Logging every {options.LogEvery} would let the log depend on speed: give steps, epochs or a share, such as 1%.");
        var logEvery = options.LogEvery.ToSteps(job.TotalSteps, job.StepsPerEpoch);
        var saveEvery = options.SaveEvery.IsTime ? long.MaxValue : options.SaveEvery.ToSteps(job.TotalSteps, job.StepsPerEpoch);
        var callbacks = run.Callbacks;
        var history = new List<CheckpointManifest.LossPoint>();
        long step = 0;
        long? savedStep = null;
        double? evaluation = null;
        string? saved = null;

        // Resume.
        if (store?.LoadNewest() is { } checkpoint)
        {
            LoadState(job, checkpoint);
            history.AddRange(checkpoint.Manifest.History);
            step = checkpoint.Manifest.Step;
            (savedStep, saved) = (step, checkpoint.Folder);
            store!.Tidy(options.KeepNewest, options.KeepBest);
            if (step < job.TotalSteps) run.Log.Information("{Job} continues from step {Step} of {Steps}", job.Name, step, job.TotalSteps);
        }
        var resumedFrom = savedStep;
        if (resumedFrom == null)
            run.Log.Debug("{Job} begins: {Steps} on {Engine}", job.Name, Counted.Of(job.TotalSteps, "step"), job.Engine);
        Call(nameof(callbacks.OnStart), callbacks.OnStart);

        using var progress = run.Progress.Begin(job.Name, "steps", job.TotalSteps, step);
        var pace = new ChunkPace(run.Time);
        var lastSave = run.Time.GetTimestamp();
        while (step < job.TotalSteps)
        {
            // Stop.
            if (run.Stop.Reason is { } reason)
            {
                Save();
                throw new StoppedException(reason);
            }

            // Train up to the next point at which something must happen.
            var next = Math.Min(job.TotalSteps, Math.Min(NextMultiple(step, logEvery), NextMultiple(step, saveEvery)));
            if (callbacks.OnEpoch != null) next = Math.Min(next, NextMultiple(step, job.StepsPerEpoch));
            var evaluateAt = job.NextEvaluation(step);
            next = Math.Min(next, evaluateAt);
            var count = callbacks.OnStep != null ? 1 : pace.Cut(next - step);
            try
            {
                pace.Measure(count, () => job.Advance(step, count));
            }
            catch (NonFiniteLossException error)
            {
                throw new TrainingFailedException(NonFiniteLossMessage(job, error, store), error);
            }
            step += count;

            // Evaluate, which may end the training.
            var values = new Dictionary<string, double>();
            if (step == evaluateAt) evaluation = values["evaluation"] = job.Evaluate(step);

            // Log.
            if (step % logEvery == 0 || step == job.TotalSteps)
            {
                values["loss"] = job.TakeMeanLoss();
                history.Add(new CheckpointManifest.LossPoint(step, values["loss"]));
            }
            if (values.Count > 0) run.Metrics.Write(new Metric(job.Name, step, Epoch(), values));
            progress.Report(step, Loss());
            Call(nameof(callbacks.OnStep), callbacks.OnStep);
            if (step == evaluateAt) Call(nameof(callbacks.OnEvaluation), callbacks.OnEvaluation);
            if (step % job.StepsPerEpoch == 0) Call(nameof(callbacks.OnEpoch), callbacks.OnEpoch);

            // Save.
            var due = options.SaveEvery.IsTime ? run.Time.GetElapsedTime(lastSave) >= options.SaveEvery.Time : step % saveEvery == 0;
            if (due || (step == job.TotalSteps && options.SaveFinished)) Save();
        }
        Call(nameof(callbacks.OnEnd), callbacks.OnEnd);
        var outcome = new TrainingOutcome(step, Loss() ?? double.NaN, history, resumedFrom);
        run.Log.Debug(
            "{Job} {How}, {Steps}, loss {Loss}", job.Name,
            outcome.WasFinished ? "is found finished" : "is trained", Counted.Of(step, "step"),
            outcome.FinalLoss);
        return outcome;

        double Epoch() => (double)step / job.StepsPerEpoch;

        double? Loss() => history.Count > 0 ? history[^1].Loss : null;

        void Call(string name, Action<TrainingCallbacks.Moment>? callback) =>
            callbacks.Call(name, callback, () => new TrainingCallbacks.Moment(job, step, Loss(), evaluation, saved), run.Log);

        void Save()
        {
            if (store == null || savedStep == step || run.Stop.IsAbandoned) return;
            saved = store.Save(
                new CheckpointStore.Snapshot(job.Name, step, Epoch(), history, job.Save()), options.KeepNewest, options.KeepBest);
            savedStep = step;
            lastSave = run.Time.GetTimestamp();
            Call(nameof(callbacks.OnSave), callbacks.OnSave);
        }
    }

    private static long NextMultiple(long step, long interval) => interval == long.MaxValue ? interval : (step / interval + 1) * interval;

    private static void LoadState(ITrainingJob job, Checkpoint checkpoint)
    {
        if (checkpoint.Manifest.Step > job.TotalSteps)
            throw new UserErrorException(
                $"The checkpoint {checkpoint.Folder} stands at step {checkpoint.Manifest.Step}, beyond the "
                    + $"{Counted.Of(job.TotalSteps, "step")} "
                + "asked for. Train at least that long, or start anew in another folder.");
        try
        {
            job.Load(checkpoint.State);
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(
                $"The checkpoint {checkpoint.Folder} does not fit {job.Name}: {error.Message} Give the settings that it was made "
                + "with, or start anew in another folder.");
        }
    }

    private static string NonFiniteLossMessage(ITrainingJob job, NonFiniteLossException error, CheckpointStore? store)
    {
        var kept = store?.FindNewestGood() is { } folder ? $"The last good checkpoint is {folder}." : "There is no checkpoint from before.";
        return $"Training of {job.Name} stopped: {error.Message} {kept} Try a smaller learning rate, and check that inputs and labels "
            + "are finite and not too large (sigma).";
    }

    /// <summary>
    /// Chooses how many steps a chunk has, so that the loop looks up about twenty times a second at any speed. It decides
    /// where a run is cut, which by the contract of <see cref="ITrainingJob"/> never changes a result.
    /// </summary>
    private sealed class ChunkPace(TimeProvider time)
    {
        private const double TargetSeconds = 0.05;

        // The first steps are slow (compilation, cold caches), so the rate that they suggest is approached in leaps.
        private const int Growth = 8;

        private int _count = 1;

        /// <summary>The length of the next chunk, at most <paramref name="limit"/>.</summary>
        public int Cut(long limit) => (int)Math.Min(limit, _count);

        /// <summary>Does a chunk of <paramref name="count"/> steps and learns from its duration.</summary>
        public void Measure(int count, Action chunk)
        {
            var start = time.GetTimestamp();
            chunk();
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            var fitting = seconds > 0 ? count / seconds * TargetSeconds : double.PositiveInfinity;
            _count = (int)Math.Clamp(fitting, 1, Math.Min((long)_count * Growth, int.MaxValue));
        }
    }
}

/// <summary>How a training ended.</summary>
/// <param name="Steps">All steps of the job, those before a resume included.</param>
/// <param name="FinalLoss">The mean loss at the last log point; NaN for a job without steps.</param>
/// <param name="History">The mean loss at every log point; the same whether or not the training was interrupted.</param>
/// <param name="ResumedFrom">
/// The step of the checkpoint that this run continued from (equal to Steps where nothing was left to do); null for a fresh start.
/// </param>
public sealed record TrainingOutcome(long Steps, double FinalLoss, IReadOnlyList<CheckpointManifest.LossPoint> History, long? ResumedFrom)
{
    /// <summary>Whether nothing was left to do.</summary>
    public bool WasFinished => ResumedFrom == Steps;
}
