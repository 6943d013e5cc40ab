using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// Fits the heads of all tasks, one group of tasks after the other over many steps, so that a group's samples stay in
/// the second-level cache; groups are spread over threads.
/// </summary>
/// <remarks>
/// Groups do not depend on each other, so neither the threads nor the cutting into chunks can change a bit. After a
/// <see cref="NonFiniteLossException"/> the groups stand at different steps and the job cannot go on.
/// </remarks>
internal sealed unsafe partial class HeadJob<TSimd, TVector, TLoss> : IEngine.IHeadJob
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TLoss : struct, HeadGroups.ILoss<TSimd, TVector>
{
    private readonly HeadProblem _problem;
    private readonly HeadGroups _layout;
    private readonly Schedule _schedule;
    private readonly AlignedMemory _rows, _parameters;
    private readonly int _threads;
    private readonly double[] _lossSums;
    private long _lossCount;

    public HeadJob(HeadProblem problem, string engine, int threads)
    {
        (_problem, Engine, _threads) = (problem, engine, threads);
        _layout = new HeadGroups(problem.Initial, TSimd.Lanes, TSimd.TasksPerRegister);
        _schedule = new Schedule(problem);
        _parameters = new AlignedMemory(3L * _layout.Length);
        _layout.Pack(problem.Initial, Part(0));
        _lossSums = new double[_layout.Count * _layout.TasksPerGroup];
        _rows = new AlignedMemory((long)_layout.Count * problem.Features.Samples * _layout.RowLength);
        PackSamples();
    }

    public string Name => _problem.Name;

    public string Engine { get; }

    public int StepsPerEpoch => _problem.StepsPerEpoch;

    public long TotalSteps => (long)StepsPerEpoch * _problem.Optimiser.Epochs;

    public LinearHeads Heads => Unpack(0);

    public void Advance(long step, int count)
    {
        for (var end = step + count; step < end; step += _schedule.Count)
        {
            _schedule.Prepare(step, end, _threads);
            var failures = new HeadFailure?[_layout.Count];
            Parallel.For(
                0, _layout.Count, new ParallelOptions { MaxDegreeOfParallelism = _threads }, group => failures[group] = Fit(group));
            if (failures.Min() is { } first)
                throw new NonFiniteLossException(step + first.Step, $"{Name}, task {first.Task}");
            _lossCount += _schedule.Count;
        }
    }

    /// <summary>The mean over steps and tasks.</summary>
    public double TakeMeanLoss()
    {
        var mean = TensorPrimitives.Sum<double>(LossSums) / ((double)_lossCount * LossSums.Length);
        Array.Clear(_lossSums);
        _lossCount = 0;
        return mean;
    }

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. Heads.ToTensors(),
        .. Unpack(1).ToTensors().Prefixed(AdamWStep.FirstMoment),
        .. Unpack(2).ToTensors().Prefixed(AdamWStep.SecondMoment),
        NamedTensor.Of("loss.sum", LossSums, LossSums.Length),
        NamedTensor.Of("loss.count", [_lossCount], 1),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var (heads, first, second) = (Unpack(0), Unpack(1), Unpack(2));
        heads.CopyFrom(state);
        first.CopyFrom(state.Unprefixed(AdamWStep.FirstMoment));
        second.CopyFrom(state.Unprefixed(AdamWStep.SecondMoment));
        var sums = state.Doubles("loss.sum", LossSums.Length);
        var steps = state.Longs("loss.count", 1)[0];
        _layout.Pack(heads, Part(0));
        _layout.Pack(first, Part(1));
        _layout.Pack(second, Part(2));
        sums.CopyTo(LossSums);
        _lossCount = steps;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Of the tasks that there are; the last group may have room for more.</summary>
    private Span<double> LossSums => _lossSums.AsSpan(0, _problem.Initial.Tasks);

    /// <summary>The parameters (0) or their first (1) or second (2) moments.</summary>
    private Span<float> Part(int part) => _parameters.Span((long)part * _layout.Length, _layout.Length);

    private LinearHeads Unpack(int part) => _layout.Unpack(Part(part));

    private void PackSamples()
    {
        var (samples, width, outputs) = (_problem.Features.Samples, _problem.Features.Width, _layout.Outputs);
        Parallel.For(0, _problem.Initial.Tasks, new ParallelOptions { MaxDegreeOfParallelism = _threads }, task =>
        {
            var (group, place) = Math.DivRem(task, _layout.TasksPerGroup);
            var features = _problem.Features.Task(task);
            var labels = _problem.Labels.Task(task);
            for (var sample = 0; sample < samples; sample++)
            {
                var row = _rows.Span(((long)group * samples + sample) * _layout.RowLength, _layout.RowLength);
                _layout.PackSample(features.Slice(sample * width, width), labels.Slice(sample * outputs, outputs), row, place);
            }
        });
    }

    /// <summary>Takes one group through the scheduled steps; returns where its loss stopped being finite, if it did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private HeadFailure? Fit(int group)
    {
        var capacity = AlignedMemory.RoundUp(
            Math.Min(_problem.Optimiser.Batch, _problem.Features.Samples), SamplesTogether);
        var outputs = (long)_layout.Outputs * capacity * _layout.TasksPerGroup;
        using var scratch = new AlignedMemory(outputs + 2L * capacity + _layout.RowLength + _layout.TasksPerGroup);
        var rows = (float**)(scratch.Floats + outputs);
        float* zeros = (float*)(rows + capacity), losses = zeros + _layout.RowLength;
        var samples = _rows.Floats + (long)group * _problem.Features.Samples * _layout.RowLength;
        var parameters = _parameters.Floats + (long)group * _layout.GroupLength;
        var sums = _lossSums.AsSpan(group * _layout.TasksPerGroup, _layout.TasksPerGroup);
        for (var index = 0; index < _schedule.Count; index++)
        {
            var batch = _schedule.Batch(index);
            for (var sample = 0; sample < batch.Length; sample++) rows[sample] = samples + (long)batch[sample] * _layout.RowLength;
            for (var sample = batch.Length; sample % SamplesTogether != 0; sample++) rows[sample] = zeros;

            var numbers = _schedule.Numbers(index);
            Step(rows, batch.Length, _layout, parameters, scratch.Floats, losses, &numbers);

            double total = 0;
            for (var place = 0; place < sums.Length; place++)
            {
                sums[place] += losses[place];
                total += losses[place];
            }
            if (!double.IsFinite(total))
                return HeadFailure.Find(index, group * _layout.TasksPerGroup, new ReadOnlySpan<float>(losses, sums.Length));
        }
        return null;
    }

    /// <summary>
    /// A task whose loss was not finite, and at which step of a piece; the earliest step comes first, then the first task.
    /// </summary>
    private readonly record struct HeadFailure(int Step, int Task) : IComparable<HeadFailure>
    {
        /// <summary>Looks for the first task whose loss is not finite.</summary>
        public static HeadFailure Find(int step, int firstTask, ReadOnlySpan<float> losses)
        {
            var place = 0;
            while (float.IsFinite(losses[place])) place++;
            return new HeadFailure(step, firstTask + place);
        }

        public int CompareTo(HeadFailure other) => (Step, Task).CompareTo((other.Step, other.Task));
    }

    /// <summary>
    /// What the steps of a piece of a run have in common for all tasks: sample numbers and the optimiser's numbers, computed once.
    /// </summary>
    private sealed class Schedule
    {
        /// <summary>
        /// A group's samples are read from main memory once a piece and then stay in the second-level cache, so a piece
        /// should have many epochs; its schedule, 128 bytes a step, should not be large.
        /// </summary>
        private const int Epochs = 128;

        private readonly HeadProblem _problem;
        private readonly LearningRateSchedule _rates;
        private readonly int[] _orders;
        private readonly AdamWStep[] _steps;
        private long _start;

        public Schedule(HeadProblem problem)
        {
            (_problem, _rates) = (problem, problem.Optimiser.Rates(problem.TotalSteps));
            var epochs = Math.Min(Epochs, problem.Optimiser.Epochs);
            _orders = new int[epochs * problem.Features.Samples];
            _steps = new AdamWStep[epochs * problem.StepsPerEpoch];
        }

        /// <summary>Steps of the piece.</summary>
        public int Count { get; private set; }

        /// <summary>Prepares the steps from <paramref name="start"/> on, as many as fit and not beyond <paramref name="end"/>.</summary>
        public void Prepare(long start, long end, int threads)
        {
            var first = start / _problem.StepsPerEpoch;
            _start = start;
            Count = (int)(Math.Min(end, (first + _orders.Length / _problem.Features.Samples) * _problem.StepsPerEpoch) - start);
            var last = (start + Count - 1) / _problem.StepsPerEpoch;
            Parallel.For(first, last + 1, new ParallelOptions { MaxDegreeOfParallelism = threads }, epoch =>
                EpochOrder.Fill(
                    _orders.AsSpan((int)(epoch - first) * _problem.Features.Samples, _problem.Features.Samples),
                    _problem.Seed, _problem.Stream, epoch, task: 0, tasks: 1));
            for (var index = 0; index < Count; index++)
                _steps[index] = new AdamWStep(_problem.Optimiser, start + index, _rates.At(start + index));
        }

        /// <summary>The sample numbers of the piece's step <paramref name="index"/>.</summary>
        public ReadOnlySpan<int> Batch(int index)
        {
            var perEpoch = _problem.StepsPerEpoch;
            var (epoch, batch) = Math.DivRem((int)(_start % perEpoch) + index, perEpoch);
            var from = batch * _problem.Optimiser.Batch;
            return _orders.AsSpan(
                epoch * _problem.Features.Samples + from, Math.Min(_problem.Optimiser.Batch, _problem.Features.Samples - from));
        }

        public AdamWStep Numbers(int index) => _steps[index];
    }
}
