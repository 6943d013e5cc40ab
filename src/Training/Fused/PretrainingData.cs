using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using W2S.Data;

namespace W2S.Training.Fused;

/// <summary>The samples, labels and frozen heads of a pretraining problem in aligned memory.</summary>
internal sealed unsafe class PretrainingData : IDisposable
{
    /// <summary>An input's row is padded to this, so that it is copied in whole registers.</summary>
    private const int Unit = 8;

    private readonly AlignedMemory _inputs, _labels, _heads;
    private readonly int _samples, _inputWidth, _width;

    /// <param name="width">Floats from one sample's activations to the next's.</param>
    public PretrainingData(PretrainingProblem problem, int width)
    {
        var (tasks, samples) = (problem.Inputs.Tasks, problem.Inputs.Samples);
        (_samples, _width, _inputWidth) = (samples, width, AlignedMemory.RoundUp(problem.Inputs.Width, Unit));

        _inputs = new AlignedMemory((long)tasks * samples * _inputWidth);
        for (var row = 0; row < tasks * samples; row++)
            problem.Inputs.Values.AsSpan(row * problem.Inputs.Width, problem.Inputs.Width).CopyTo(_inputs.Span((long)row * _inputWidth, _inputWidth));
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
