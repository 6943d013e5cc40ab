using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using W2S.Data;
using W2S.Models;

namespace W2S.Training.Fused;

/// <summary>
/// Fits the heads of all tasks, one group of tasks after the other over many steps, so that a group's samples stay in
/// the second-level cache; groups are spread over threads.
/// </summary>
/// <remarks>
/// Groups do not depend on each other, so neither the threads nor the cutting into stretches can change a bit. After a
/// <see cref="NonFiniteLossException"/> the groups stand at different steps and the job cannot go on.
/// </remarks>
internal sealed unsafe class HeadJob<TSimd, TVector, TActivation> : IHeadJob
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TActivation : struct, IHeadActivation<TSimd, TVector>
{
    private readonly HeadProblem _problem;
    private readonly HeadGroups _layout;
    private readonly HeadSchedule _schedule;
    private readonly AlignedMemory _rows, _parameters;
    private readonly int _length, _threads;
    private readonly double[] _lossSums;
    private long _lossCount;

    public HeadJob(HeadProblem problem, string engine, int threads)
    {
        (_problem, Engine, _threads) = (problem, engine, threads);
        _layout = new HeadGroups(problem.Initial.Tasks, problem.Initial.Width, TSimd.Lanes, TSimd.TasksPerRegister);
        _schedule = new HeadSchedule(problem);
        _length = _layout.Count * _layout.RowLength;
        _parameters = new AlignedMemory(3L * _length);
        _layout.Pack(problem.Initial, _parameters.Span(0, _length));
        _lossSums = new double[_layout.Count * _layout.TasksPerGroup];
        _rows = new AlignedMemory((long)_length * problem.Features.Samples);
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
            Parallel.For(0, _layout.Count, new ParallelOptions { MaxDegreeOfParallelism = _threads }, group => failures[group] = Fit(group));
            if (failures.Min() is { } first)
                throw new NonFiniteLossException(step + first.Step, $"{Name}, task {first.Task}");
            _lossCount += _schedule.Count;
        }
    }

    /// <summary>The mean over steps and tasks.</summary>
    public double TakeMeanLoss()
    {
        var mean = TensorPrimitives.Sum<double>(_lossSums.AsSpan(0, _layout.Tasks)) / ((double)_lossCount * _layout.Tasks);
        Array.Clear(_lossSums);
        _lossCount = 0;
        return mean;
    }

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. Heads.ToTensors(),
        .. TrainingTensors.Prefixed(TrainingTensors.FirstMoment, Unpack(1).ToTensors()),
        .. TrainingTensors.Prefixed(TrainingTensors.SecondMoment, Unpack(2).ToTensors()),
        NamedTensor.Of("loss.sum", _lossSums.AsSpan(0, _layout.Tasks), _layout.Tasks),
        NamedTensor.Of("loss.count", [_lossCount], 1),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var (heads, first, second) = (Unpack(0), Unpack(1), Unpack(2));
        heads.CopyFrom(state);
        first.CopyFrom(TrainingTensors.Unprefixed(TrainingTensors.FirstMoment, state));
        second.CopyFrom(TrainingTensors.Unprefixed(TrainingTensors.SecondMoment, state));
        var sums = state.Doubles("loss.sum", _layout.Tasks);
        var steps = state.Longs("loss.count", 1)[0];
        _layout.Pack(heads, Part(0));
        _layout.Pack(first, Part(1));
        _layout.Pack(second, Part(2));
        sums.CopyTo(_lossSums);
        _lossCount = steps;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _parameters.Dispose();
    }

    /// <summary>The parameters (0) or their first (1) or second (2) moments.</summary>
    private Span<float> Part(int part) => _parameters.Span((long)part * _length, _length);

    private LinearHeads Unpack(int part) => _layout.Unpack(Part(part), _problem.Initial.HasBias, _problem.Initial.Activation);

    private void PackSamples()
    {
        var samples = _problem.Features.Samples;
        Parallel.For(0, _layout.Tasks, new ParallelOptions { MaxDegreeOfParallelism = _threads }, task =>
        {
            var (group, place) = Math.DivRem(task, _layout.TasksPerGroup);
            var features = _problem.Features.Task(task);
            var labels = _problem.Labels.Task(task);
            for (var sample = 0; sample < samples; sample++)
            {
                var row = _rows.Span(((long)group * samples + sample) * _layout.RowLength, _layout.RowLength);
                for (var feature = 0; feature < _layout.Width; feature++)
                    row[_layout.Feature(place, feature)] = features[sample * _layout.Width + feature];
                _layout.SetLast(row, place, labels[sample]);
            }
        });
    }

    /// <summary>Takes one group through the scheduled steps; returns where its loss stopped being finite, if it did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private HeadFailure? Fit(int group)
    {
        var capacity = AlignedMemory.RoundUp(Math.Min(_problem.Optimiser.Batch, _problem.Features.Samples), HeadStep<TSimd, TVector, TActivation>.Samples);
        using var scratch = new AlignedMemory((capacity + 1L) * TSimd.Lanes + 2 * capacity);
        float* deltas = scratch.Floats, losses = deltas + capacity * TSimd.Lanes;
        var rows = (float**)(losses + TSimd.Lanes);
        var samples = _rows.Floats + (long)group * _problem.Features.Samples * _layout.RowLength;
        var parameters = _parameters.Floats + (long)group * _layout.RowLength;
        var sums = _lossSums.AsSpan(group * _layout.TasksPerGroup, _layout.TasksPerGroup);
        for (var index = 0; index < _schedule.Count; index++)
        {
            var batch = _schedule.Batch(index);
            for (var sample = 0; sample < batch.Length; sample++) rows[sample] = samples + (long)batch[sample] * _layout.RowLength;
            for (var sample = batch.Length; sample % HeadStep<TSimd, TVector, TActivation>.Samples != 0; sample++) rows[sample] = samples;

            var numbers = _schedule.Numbers(index);
            HeadStep<TSimd, TVector, TActivation>.Run(
                rows, batch.Length, _layout.Registers, parameters, _length, _problem.Initial.HasBias, deltas, losses, &numbers);

            double total = 0;
            for (var place = 0; place < sums.Length; place++)
            {
                sums[place] += losses[place];
                total += losses[place];
            }
            if (!double.IsFinite(total)) return HeadFailure.Find(index, group * _layout.TasksPerGroup, new ReadOnlySpan<float>(losses, sums.Length));
        }
        return null;
    }
}
