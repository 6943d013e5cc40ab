using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>(f(z) − y)² of heads with one output.</summary>
internal readonly unsafe struct SquaredError<TSimd, TVector, TLink> : IHeadLoss<TSimd, TVector>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TLink : struct, FusedLinks.ILink<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward(float** rows, nint batch, nint padded, HeadGroups layout, float* parameters, float* outputs, float* losses)
    {
        var bias = TSimd.Load(parameters + layout.Bias);
        nint label = layout.Labels;
        var scale = TSimd.Broadcast(2f / batch);
        var squares = TSimd.Zero;
        for (nint sample = 0; sample < batch; sample++, outputs += TSimd.TasksPerRegister)
        {
            var activated = TLink.Apply(TSimd.Add(TSimd.LoadTasks(outputs), bias));
            var error = TSimd.Subtract(activated, TSimd.LoadTasks(rows[sample] + label));
            squares = TSimd.MultiplyAdd(error, error, squares);
            TSimd.StoreTasks(outputs, TLink.Backward(activated, TSimd.Multiply(scale, error)));
        }
        for (var sample = batch; sample < padded; sample++, outputs += TSimd.TasksPerRegister) TSimd.StoreTasks(outputs, TSimd.Zero);
        TSimd.StoreTasks(losses, TSimd.Multiply(squares, TSimd.Broadcast(1f / batch)));
    }
}
