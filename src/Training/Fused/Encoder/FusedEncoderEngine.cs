using W2S.Training.Fused;

namespace W2S.Training;

/// <summary>Encoders on the processor without libtorch, packed without padding: see <see cref="FusedEncoder"/>.</summary>
internal sealed class FusedEncoderEngine : IEncoderEngine
{
    private readonly int _parts;
    private readonly InstructionSet _instructions;

    /// <param name="parts">How many parts of a batch are computed at once, each on a core; decides the order of summation.</param>
    /// <param name="instructions">What to compute with; the best there is if null.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instructions asked for.</exception>
    public FusedEncoderEngine(int parts = 1, InstructionSet? instructions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        (_parts, _instructions) = (parts, instructions ?? InstructionSets.Best);
        if (!InstructionSets.IsSupported(_instructions))
            throw new PlatformNotSupportedException($"This processor has no {_instructions.Title()}.");
    }

    public string Name => _parts == 1 ? $"fused ({_instructions.Title()})" : $"fused ({_instructions.Title()}, {_parts} parts)";

    /// <summary>What the kernels lack for such a training, in words; null: nothing.</summary>
    public static string? Obstacle(EncoderPretrainingOptions options) =>
        options.Dropout > 0 ? "dropout" : options.Precision != EncoderPrecision.Single ? "bfloat16" : null;

    /// <exception cref="UserErrorException">Dropout or another precision is asked for, which the kernels do not have.</exception>
    public IEncoderEngine.IJob Pretrain(EncoderPretrainingProblem problem)
    {
        if (Obstacle(problem.Options) is { } lacking)
            throw new UserErrorException($"The fused engine has no {lacking}. Leave it out, or take the engine torch.");
        var (descriptors, pairs) = (problem.Descriptors, problem.HasPairs);
        return new Job(problem, new FusedEncoder(problem.Shape, descriptors, pairs, _instructions, _parts), Name);
    }

    /// <summary>Pretrains an encoder in the fused kernels.</summary>
    /// <remarks>After a <see cref="NonFiniteLossException"/> the parameters are those before the step whose loss was not finite.</remarks>
    private sealed class Job : IEncoderEngine.IJob
    {
        private readonly EncoderPretrainingProblem _problem;
        private readonly FusedEncoder _encoder;
        private readonly LearningRateSchedule _rates;
        private double _lossSum;
        private long _lossCount;

        public Job(EncoderPretrainingProblem problem, FusedEncoder encoder, string engine)
        {
            (_problem, _encoder, Engine, _rates) = (problem, encoder, engine, problem.Options.Rates(problem.TotalSteps));
            encoder.Load(problem.Encoder, problem.Heads);
        }

        public string Name => _problem.Name;
        public string Engine { get; }
        public int StepsPerEpoch => _problem.StepsPerEpoch;
        public long TotalSteps => _problem.TotalSteps;
        public EncoderWeights Encoder => Stored().Encoder;
        public EncoderWeights Heads => Stored().Heads;

        public void Advance(long step, int count)
        {
            for (var end = step + count; step < end; step++)
            {
                var (loss, weight) = (0.0, 1.0 / _problem.CountOf(step));
                var descriptorWeight = _problem.Options.DescriptorWeight;
                foreach (var batch in _problem.BatchesOf(step))
                    loss += weight * _encoder.AddGradients(batch.Tokens, batch.Targets with { DescriptorWeight = descriptorWeight }, weight)
                        .Weighted(descriptorWeight);
                if (!double.IsFinite(loss))
                {
                    _encoder.ZeroGradients();
                    throw new NonFiniteLossException(step, $"{Name}, epoch {step / StepsPerEpoch + 1}");
                }
                _encoder.Step(_problem.Options, step, _rates.At(step));
                _lossSum += loss;
                _lossCount++;
            }
        }

        public double TakeMeanLoss()
        {
            var mean = _lossSum / _lossCount;
            (_lossSum, _lossCount) = (0, 0);
            return mean;
        }

        public EncoderBatch.Losses Measure(IEnumerable<EncoderBatch> batches) => EncoderBatch.Losses.Mean(batches.Select(batch =>
        {
            var losses = _encoder.AddGradients(batch.Tokens, batch.Targets, weight: 0);
            _encoder.ZeroGradients();
            return (losses, batch);
        }));

        public IReadOnlyList<NamedTensor> Save()
        {
            var (encoder, heads) = Stored();
            var (encoderFirst, headsFirst, encoderSecond, headsSecond) = (Like(encoder), Like(heads), Like(encoder), Like(heads));
            _encoder.StoreMoments(encoderFirst, encoderSecond, headsFirst, headsSecond);
            return
            [
                .. encoder.ToTensors(), .. heads.ToTensors(),
                .. encoderFirst.ToTensors(AdamWStep.FirstMoment), .. headsFirst.ToTensors(AdamWStep.FirstMoment),
                .. encoderSecond.ToTensors(AdamWStep.SecondMoment), .. headsSecond.ToTensors(AdamWStep.SecondMoment),
                NamedTensor.Of("loss.sum", [_lossSum], 1), NamedTensor.Of("loss.count", [_lossCount], 1),
            ];
        }

        public void Load(IReadOnlyDictionary<string, NamedTensor> state)
        {
            var (encoder, heads) = Read("");
            var (encoderFirst, headsFirst) = Read(AdamWStep.FirstMoment);
            var (encoderSecond, headsSecond) = Read(AdamWStep.SecondMoment);
            var (sum, count) = (state.Doubles("loss.sum", 1)[0], state.Longs("loss.count", 1)[0]);
            _encoder.Load(encoder, heads);
            _encoder.LoadMoments(encoderFirst, encoderSecond, headsFirst, headsSecond);
            (_lossSum, _lossCount) = (sum, count);

            (EncoderWeights, EncoderWeights) Read(string prefix) =>
                (EncoderWeights.From(_problem.Encoder.Parameters, state, prefix),
                    EncoderWeights.From(_problem.Heads.Parameters, state, prefix));
        }

        public void Dispose() => _encoder.Dispose();

        private (EncoderWeights Encoder, EncoderWeights Heads) Stored()
        {
            var (encoder, heads) = (Like(_problem.Encoder), Like(_problem.Heads));
            _encoder.Store(encoder, heads);
            return (encoder, heads);
        }

        private static EncoderWeights Like(EncoderWeights weights) => new(weights.Parameters);
    }
}
