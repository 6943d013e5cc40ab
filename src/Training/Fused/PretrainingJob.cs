using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace W2S.Training.Fused;

/// <summary>
/// Trains one representation: every step gathers a batch, goes forward, takes the error of the task's frozen head, and
/// goes backward through the AdamW step, all in one kernel on one core.
/// </summary>
/// <remarks>After a <see cref="NonFiniteLossException"/> the parameters are those after the last step whose loss was finite.</remarks>
internal sealed unsafe class PretrainingJob<TSimd, TVector, TWidth> : IEngine.IRepresentationJob
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TWidth : struct, PaddedMlp.IWidth
{
    private readonly PretrainingProblem _problem;
    private readonly PaddedMlp _layout;
    private readonly Data _data;
    private readonly LearningRateSchedule _rates;
    private readonly AlignedMemory _parameters, _activations, _deltas, _labels, _transposed;
    private readonly int _capacity;
    private readonly int[] _order;
    private long _orderOf = -1;
    private double _lossSum;
    private long _lossCount;

    public PretrainingJob(PretrainingProblem problem, string engine)
    {
        (_problem, Engine) = (problem, engine);
        _layout = new PaddedMlp(problem.Initial.Shape);
        _rates = problem.Optimiser.Rates(TotalSteps);
        _data = new Data(problem, _layout.Width);
        _order = new int[problem.Inputs.Samples];
        _capacity = AlignedMemory.RoundUp(Math.Min(problem.Optimiser.Batch, problem.Inputs.Samples), RegisterTile<TSimd, TVector>.Rows);
        _parameters = new AlignedMemory(3L * _layout.Length);
        _activations = new AlignedMemory((_layout.Shape.Depth + 1L) * _capacity * _layout.Width);
        _deltas = new AlignedMemory(2L * _capacity * _layout.Width);
        _labels = new AlignedMemory(2L * _capacity);
        _transposed = new AlignedMemory((long)_layout.Width * _layout.Width);
        _layout.Pack(problem.Initial, _parameters.Span(0, _layout.Length));
    }

    public string Name => _problem.Name;

    public string Engine { get; }

    public int StepsPerEpoch => _problem.StepsPerEpoch;

    public long TotalSteps => (long)StepsPerEpoch * _problem.Optimiser.Epochs;

    public MlpWeights Weights => _layout.Unpack(_parameters.Span(0, _layout.Length));

    public void Advance(long step, int count)
    {
        for (var end = step + count; step < end; step++)
        {
            var turn = Math.DivRem(step, _problem.BatchesPerTask, out var batch);
            var task = (int)(turn % _problem.Inputs.Tasks);
            Shuffle(turn, task);
            var loss = Step(step, task, (int)batch * _problem.Optimiser.Batch);
            if (!double.IsFinite(loss)) throw new NonFiniteLossException(step, $"{Name}, task {task}");
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

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. Weights.ToTensors(),
        .. Moments(1).ToTensors().Prefixed(AdamWStep.FirstMoment),
        .. Moments(2).ToTensors().Prefixed(AdamWStep.SecondMoment),
        NamedTensor.Of("loss.sum", [_lossSum], 1),
        NamedTensor.Of("loss.count", [_lossCount], 1),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var shape = _layout.Shape;
        var weights = MlpWeights.FromTensors(shape, state);
        var first = MlpWeights.FromTensors(shape, state.Unprefixed(AdamWStep.FirstMoment));
        var second = MlpWeights.FromTensors(shape, state.Unprefixed(AdamWStep.SecondMoment));
        var (sum, steps) = (state.Doubles("loss.sum", 1)[0], state.Longs("loss.count", 1)[0]);
        _layout.Pack(weights, _parameters.Span(0, _layout.Length));
        _layout.Pack(first, _parameters.Span(_layout.Length, _layout.Length));
        _layout.Pack(second, _parameters.Span(2L * _layout.Length, _layout.Length));
        (_lossSum, _lossCount) = (sum, steps);
    }

    public void Dispose()
    {
        foreach (var memory in new[] { _parameters, _activations, _deltas, _labels, _transposed }) memory.Dispose();
        _data.Dispose();
    }

    private MlpWeights Moments(int moment) => _layout.Unpack(_parameters.Span((long)moment * _layout.Length, _layout.Length));

    /// <summary>Draws the order of a task's turn: epoch after epoch, the tasks follow one another.</summary>
    private void Shuffle(long turn, int task)
    {
        if (turn == _orderOf) return;
        EpochOrder.Fill(_order, _problem.Seed, _problem.Stream, turn / _problem.Inputs.Tasks, task, _problem.Inputs.Tasks);
        _orderOf = turn;
    }

    /// <summary>One step on the samples that stand at <paramref name="start"/> in the order; returns its loss before the step.</summary>
    private double Step(long step, int task, int start)
    {
        var batch = Math.Min(_problem.Optimiser.Batch, _order.Length - start);
        var samples = AlignedMemory.RoundUp(batch, RegisterTile<TSimd, TVector>.Rows);
        _data.Gather(task, _order.AsSpan(start, batch), _activations.Floats, _labels.Floats);
        MlpPass<TSimd, TVector, TWidth>.Forward(_layout, _parameters.Floats, _activations.Floats, _capacity, samples);

        var representation = _activations.Floats + (long)_layout.Shape.Depth * _capacity * TWidth.Value;
        var loss = HeadError(
            representation, _data.Head(task), _labels.Floats, _deltas.Floats, _labels.Floats + _capacity, _layout.Shape.Outputs, samples,
            batch);
        if (!double.IsFinite(loss)) return loss;

        var numbers = new AdamWStep(_problem.Optimiser, step, _rates.At(step));
        MlpPass<TSimd, TVector, TWidth>.Backward(
            _layout, _parameters.Floats, _activations.Floats, _capacity, samples, _deltas.Floats, _transposed.Floats, &numbers);
        return loss;
    }

    /// <summary>
    /// The frozen affine head on top of a batch: returns the mean squared error and fills the deltas of the last block's linear
    /// outputs, 0 for padded samples.
    /// </summary>
    /// <param name="representation">[samples, width], after the last ReLU.</param>
    /// <param name="head">Weights [width], then the bias.</param>
    /// <param name="labels">[samples].</param>
    /// <param name="delta">[samples, width].</param>
    /// <param name="errors">Room for [samples].</param>
    /// <param name="samples">A multiple of 8, of which <paramref name="batch"/> count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double HeadError(
        float* representation, float* head, float* labels, float* delta, float* errors, nint outputs, nint samples, nint batch)
    {
        nint width = TWidth.Value;
        for (nint sample = 0; sample < samples; sample += 8)
        {
            var row = representation + sample * width;
            TSimd.SumEach(
                Products(row, head, outputs), Products(row + width, head, outputs),
                Products(row + 2 * width, head, outputs), Products(row + 3 * width, head, outputs),
                Products(row + 4 * width, head, outputs), Products(row + 5 * width, head, outputs),
                Products(row + 6 * width, head, outputs), Products(row + 7 * width, head, outputs), errors + sample);
        }

        var squares = Vector256<float>.Zero;
        for (var sample = 0; sample < samples; sample += 8)
        {
            var error = Vector256.Load(errors + sample) + Vector256.Create(head[width]) - Vector256.Load(labels + sample);
            error &= Vector256.LessThan(Vector256.CreateSequence(sample, 1), Vector256.Create((int)batch)).AsSingle();
            squares += error * error;
            (error * Vector256.Create(2f / batch)).Store(errors + sample);
        }

        for (nint column = 0; column < outputs; column += TSimd.Lanes)
        {
            var weight = TSimd.Load(head + column);
            for (nint sample = 0; sample < samples; sample++)
            {
                var at = sample * width + column;
                var gradient = TSimd.Multiply(TSimd.Broadcast(errors[sample]), weight);
                TSimd.Store(delta + at, TSimd.WherePositive(TSimd.Load(representation + at), gradient));
            }
        }
        return (double)Vector256.Sum(squares) / batch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Products(float* row, float* head, nint outputs)
    {
        var sum = TSimd.Multiply(TSimd.Load(row), TSimd.Load(head));
        for (nint column = TSimd.Lanes; column < outputs; column += TSimd.Lanes)
            sum = TSimd.MultiplyAdd(TSimd.Load(row + column), TSimd.Load(head + column), sum);
        return sum;
    }

    /// <summary>The samples, labels and frozen heads of a pretraining problem in aligned memory.</summary>
    private sealed unsafe class Data : IDisposable
    {
        /// <summary>An input's row is padded to this, so that it is copied in whole registers.</summary>
        private const int Unit = 8;

        private readonly AlignedMemory _inputs, _labels, _heads;
        private readonly int _samples, _inputWidth, _width;

        /// <param name="width">Floats from one sample's activations to the next's.</param>
        public Data(PretrainingProblem problem, int width)
        {
            var (tasks, samples) = (problem.Inputs.Tasks, problem.Inputs.Samples);
            (_samples, _width, _inputWidth) = (samples, width, AlignedMemory.RoundUp(problem.Inputs.Width, Unit));

            _inputs = new AlignedMemory((long)tasks * samples * _inputWidth);
            for (var row = 0; row < tasks * samples; row++)
                problem.Inputs.Values.AsSpan(row * problem.Inputs.Width, problem.Inputs.Width)
                    .CopyTo(_inputs.Span((long)row * _inputWidth, _inputWidth));
            _labels = new AlignedMemory((long)tasks * samples);
            problem.Labels.Values.CopyTo(_labels.Span(0, tasks * samples));

            _heads = new AlignedMemory((long)tasks * HeadStride);
            for (var task = 0; task < tasks; task++)
            {
                problem.Heads.Weight(task).CopyTo(_heads.Span((long)task * HeadStride, width));
                _heads.Floats[(long)task * HeadStride + width] = problem.Heads.Biases[task];
            }
        }

        private int HeadStride => _width + 16;

        /// <summary>A task's head: weights [width], then the bias.</summary>
        public float* Head(int task) => _heads.Floats + (long)task * HeadStride;

        /// <summary>Copies a task's samples of these numbers to rows [sample, width] and their labels to [sample].</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Gather(int task, ReadOnlySpan<int> numbers, float* rows, float* labels)
        {
            var taskInputs = _inputs.Floats + (long)task * _samples * _inputWidth;
            var taskLabels = _labels.Floats + (long)task * _samples;
            foreach (var number in numbers)
            {
                var source = taskInputs + (long)number * _inputWidth;
                for (var column = 0; column < _inputWidth; column += Unit) Vector256.Load(source + column).Store(rows + column);
                rows += _width;
                *labels++ = taskLabels[number];
            }
        }

        public void Dispose()
        {
            _inputs.Dispose();
            _labels.Dispose();
            _heads.Dispose();
        }
    }
}
