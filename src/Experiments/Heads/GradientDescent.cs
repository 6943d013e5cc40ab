namespace W2S.Experiments;

/// <summary>
/// Heads by AdamW, all cells of a block as one problem: on raw features, as the authors do, or on standardised samples, where
/// features may lie in a narrow band around a large mean.
/// </summary>
/// <param name="checkpoints">A folder in which an interrupted fit is kept, so that the same fit continues; null: none.</param>
internal sealed partial class GradientDescent(
    Study study, IEngine engine, int threads, string? checkpoints, TrainingOptions training, RunServices run) : IHeadSolver
{
    /// <summary>Of these jobs, in metrics files.</summary>
    internal const string MetricKind = "heads";

    private readonly HeadOptions _options = study.Heads with { Bias = study.HasHeadBias };

    public string Description => $"adamw, {Counted.Of(_options.Optimiser.Epochs, "epoch")}";

    public SolvedHeads Fit(HeadFit fit)
    {
        var initial = Initial(fit);
        if (!_options.Standardise) return Train(fit, initial, Samples(fit), fit.Labels.ToSamples(), fit.TrueLabels?.ToSamples());
        var samples = Enumerable.Range(0, fit.Features.Tasks).Select(cell => new StandardisedSamples(fit, cell)).ToArray();
        var truth = fit.TrueLabels is { } labels ? Of(samples, (one, cell) => one.InTheSameUnits(labels.Cell(cell))) : null;
        // What trained blocks say is standardised as the frozen features are.
        if (fit.Features is UnfrozenRepresentation.TableRows rows)
            fit = fit with { Features = rows.With(rows.Numbers, samples[0].Standard) };
        var inputs = fit.Features is UnfrozenRepresentation.TableRows ? Samples(fit) : Of(samples, (one, _) => one.Inputs);
        var standardised = Train(fit, initial, inputs, Of(samples, (one, _) => one.Labels), truth);
        var blocks = standardised.Heads as EncoderBlockHeads;
        var heads = ((SingleHeads)(blocks?.Above ?? standardised.Heads)).Linear;
        var (weights, biases) = (new double[samples.Length * heads.Width], new double[samples.Length]);
        for (var cell = 0; cell < samples.Length; cell++)
        {
            double[] fitted = [.. heads.Weight(cell).ToArray().Select(weight => (double)weight)];
            biases[cell] = samples[cell].InRepresentation(fitted, heads.Biases[cell], weights.AsSpan(cell * heads.Width, heads.Width));
        }
        var inRepresentation = new DoubleHeads(heads.Width, weights, biases);
        return standardised with { Heads = blocks?.Below(inRepresentation) ?? (IHeads)inRepresentation };
    }

    /// <summary>The job that fits these heads on raw features, at its first step; the caller's.</summary>
    internal ITrainingJob Start(HeadFit fit) => Job(fit, Problem(fit, Initial(fit), Samples(fit), fit.Labels.ToSamples()));

    /// <summary>The heads of such a job as they are now.</summary>
    internal static IHeads HeadsOf(ITrainingJob job) => job switch
    {
        TorchBlockJob network => new MlpBlockHeads(network.Heads),
        TorchEncoderBlockJob encoder => new EncoderBlockHeads([encoder.Blocks], new SingleHeads(encoder.Heads)),
        _ => new SingleHeads(((IEngine.IHeadJob)job).Heads),
    };

    /// <summary>What a job reads of the samples: features, or of an encoder whose blocks train the rows' numbers.</summary>
    private static TaskSamples Samples(HeadFit fit) =>
        fit.Features is UnfrozenRepresentation.TableRows rows ? rows.Numbers : fit.Features.ToSamples();

    /// <param name="truth">True labels of the samples; null where nothing asks for them.</param>
    private SolvedHeads Train(
        HeadFit fit, LinearHeads initial, TaskSamples features, TaskSamples labels, TaskSamples? truth)
    {
        var stopping = _options.EarlyStopping;
        if (stopping.Criterion == HeadOptions.StoppingCriterion.None)
        {
            using var whole = Job(fit, Problem(fit, initial, features, labels));
            var outcome = Run(fit, whole);
            return new SolvedHeads(HeadsOf(whole), outcome.Steps, outcome.FinalLoss, whole.Engine);
        }
        var judges = stopping.Criterion != HeadOptions.StoppingCriterion.Truth ? labels
            : truth ?? throw new ArgumentException("A training that stops by true labels needs them.", nameof(truth));
        var (fitted, heldOut) = Divided(features);
        var (objective, heldOutLabels) = (study.Objective.Create(), Targets.Of(Divided(judges).HeldOut));
        FeatureRows held = fit.Features is UnfrozenRepresentation.TableRows rows ? rows.With(heldOut, rows.Encoder.Standard) : heldOut;
        var inner = Job(fit, Problem(fit, initial, fitted, Divided(labels).Fitted));
        using var job = new EarlyStopping(
            inner, () => stopping.Judge(objective, HeadsOf(inner).Outputs(held), heldOutLabels), stopping.Looks, stopping.Patience);
        var stopped = Run(fit, job);
        job.RestoreBest();
        return new SolvedHeads(HeadsOf(inner), stopped.Steps, stopped.FinalLoss, inner.Engine);

        (TaskSamples Fitted, TaskSamples HeldOut) Divided(TaskSamples samples) =>
            stopping.Divide(fit, samples, study.Seed);
    }

    private HeadProblem Problem(HeadFit fit, LinearHeads initial, TaskSamples features, TaskSamples labels)
    {
        // Draws of an example are samples of their own; an epoch of the options is one pass over the examples.
        var optimiser = _options.Optimiser with
        {
            Epochs = Math.Max(1, _options.Optimiser.Epochs / fit.Draws), Batch = Math.Min(_options.Optimiser.Batch, features.Samples),
        };
        var name = $"{study.Name} {fit.Stage} heads (seed {study.Seed}{Block(fit)})";
        return new HeadProblem(name, initial, features, labels, optimiser, study.Seed, fit.Stream("order"))
        {
            Objective = study.Objective.Create(), BlockRate = _options.BlockRate,
        };
    }

    private ITrainingJob Job(HeadFit fit, HeadProblem problem) => fit switch
    {
        { Features: UnfrozenRepresentation.TableRows rows } => TorchEncoderBlockJob.Start(problem, rows.Encoder),
        { Blocks: { } blocks } => TorchBlockJob.Start(problem, blocks, new TorchEngine(study.Device, threads: 1)),
        _ => Engines.ForHeads(study, engine, problem, threads).FitHeads(problem),
    };

    private TrainingOutcome Run(HeadFit fit, ITrainingJob job)
    {
        var identity = Fingerprint.Of(
            new { Kind = MetricKind, fit.Stage, Cells = fit.Cells, Study = study.Identity(), Engine = job.Engine });
        var store = checkpoints == null
            ? null
            : new CheckpointStore(Path.Combine(checkpoints, Fingerprint.Short(identity)), identity, run.Time);
        // Where one fit follows another, what is finished is saved, or a run that is stopped often would repeat it for ever.
        var saving = Block(fit) == "" && study.IsGaussian
            ? training
            : training with { SaveFinished = true, KeepNewest = 1, KeepBest = false };
        return TrainingLoop.Run(job, saving, store, run.Describing(Source(fit, identity)));
    }

    private MetricSource Source(HeadFit fit, string identity)
    {
        var cells = fit.Cells.ToList();
        return new MetricSource(Fingerprint.Short(identity), MetricKind)
        {
            Panel = study.Name,
            Data = Path.GetFileName(study.Data[0]),
            Stage = fit.Stage,
            Weak = study.Weak.From is [var weak] ? SavedRepresentations.NameOf(weak) : null,
            Cells = cells.Count == 1 ? $"{cells[0]}" : $"{cells[0]}-{cells[^1]}",
            Seed = study.Seed,
        };
    }

    private static string Block(HeadFit fit) =>
        fit.Features.Tasks == fit.Data.Cells.Count ? "" : $", {fit.First} to {fit.First + fit.Features.Tasks - 1}";

    /// <summary>PyTorch's default for nn.Linear(width, outputs); each cell draws from a stream of its own number.</summary>
    private LinearHeads Initial(HeadFit fit)
    {
        var (objective, targets) = (study.Objective.Create(), fit.Labels.Outputs);
        var width = fit.Blocks?.Shape.Outputs ?? fit.Features.Width;
        var heads = new LinearHeads(fit.Features.Tasks, width, _options.Bias, objective.Outputs(targets));
        var bound = 1 / Math.Sqrt(heads.Width);
        foreach (var (place, number) in fit.Cells.Index())
        {
            var random = new RandomStream(study.Seed, fit.Stream("initial"), number);
            foreach (ref var weight in heads.Weight(place)) weight = (float)random.NextUniform(-bound, bound);
            if (_options.Bias)
                foreach (ref var bias in heads.Bias(place)) bias = (float)random.NextUniform(-bound, bound);
            // A mixture begins with equal shares.
            var constant = objective.ConstantOutputs(targets);
            heads.Weight(place)[^(constant * heads.Width)..].Clear();
            heads.Bias(place)[^constant..].Clear();
        }
        return heads;
    }

    /// <param name="values">Of a cell's samples and its place.</param>
    private static TaskSamples Of(StandardisedSamples[] samples, Func<StandardisedSamples, int, double[]> values)
    {
        var (count, width) = (samples[0].Count, values(samples[0], 0).Length / samples[0].Count);
        return new TaskSamples(samples.Length, count, width, [.. samples.SelectMany(values).Select(value => (float)value)]);
    }
}
