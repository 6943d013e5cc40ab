using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// −Σₖ yₖ log softmax(f(z))ₖ, as Σₖ yₖ · log Σₖ exp(fₖ − max f) − Σₖ yₖ (fₖ − max f); its gradient is Σₖ yₖ · softmax(f(z)) − y.
/// </summary>
/// <remarks>
/// The lanes that hold a second feature of each task elsewhere hold a second sample here, so that no exponential is taken
/// twice. A padded row has labels of 0, which make its loss and gradient 0.
/// </remarks>
internal readonly unsafe struct SoftmaxCrossEntropy<TSimd, TVector> : HeadGroups.ILoss<TSimd, TVector>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>
    /// 2⁻¹⁰⁰: what is less likely by that than the likeliest class has the probability 0, for denormal numbers are slow (see
    /// <see cref="AdamW{TSimd, TVector}"/>).
    /// </summary>
    private const float LeastProbability = 7.888609e-31f;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float** rows, nint batch, nint padded, HeadGroups layout, float* parameters, float* outputs, float* losses)
    {
        nint classes = layout.Outputs, labels = layout.Labels, head = layout.HeadLength;
        nint tasks = TSimd.TasksPerRegister, plane = padded * tasks;
        var biases = parameters + layout.Bias;
        var weight = TSimd.Broadcast(1f / batch);
        var minusWeight = TSimd.Broadcast(-1f / batch);
        var sum = TSimd.Zero;
        for (nint sample = 0; sample < padded; sample += TSimd.Lanes / tasks, outputs += TSimd.Lanes, rows += TSimd.Lanes / tasks)
        {
            var greatest = TSimd.Broadcast(float.NegativeInfinity);
            for (nint k = 0; k < classes; k++)
            {
                var logit = TSimd.Add(TSimd.Load(outputs + k * plane), TSimd.Load(biases + k * head));
                greatest = TSimd.AtLeast(greatest, logit);
                TSimd.Store(outputs + k * plane, logit);
            }

            TVector partition = TSimd.Zero, total = TSimd.Zero, agreement = TSimd.Zero;
            for (nint k = 0; k < classes; k++)
            {
                var shifted = TSimd.Subtract(TSimd.Load(outputs + k * plane), greatest);
                var label = TSimd.LoadTasksOfRows(rows, labels + k * tasks);
                var exponential = TSimd.DropBelow(TSimd.Broadcast(LeastProbability), VectorMath<TSimd, TVector>.Exp(shifted));
                partition = TSimd.Add(partition, exponential);
                total = TSimd.Add(total, label);
                agreement = TSimd.MultiplyAdd(label, shifted, agreement);
                TSimd.Store(outputs + k * plane, exponential);
            }
            sum = TSimd.Add(sum, TSimd.Subtract(TSimd.Multiply(total, Log(partition)), agreement));

            var scale = TSimd.Divide(TSimd.Multiply(total, weight), partition);
            for (nint k = 0; k < classes; k++)
            {
                var label = TSimd.LoadTasksOfRows(rows, labels + k * tasks);
                TSimd.Store(
                    outputs + k * plane, TSimd.MultiplyAdd(label, minusWeight, TSimd.Multiply(TSimd.Load(outputs + k * plane), scale)));
            }
        }
        TSimd.StoreTasks(losses, TSimd.Multiply(TSimd.SumOfEachTask(sum), weight));
    }

    /// <summary>ln x to within two units in the last place, for a normal x of at least 1.</summary>
    /// <remarks>x = m · 2ⁿ with √½ ≤ m &lt; √2; Cephes' polynomial of degree 9 for ln m (logf.c, S. L. Moshier).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Log(TVector x)
    {
        var n = TSimd.Exponent(TSimd.Multiply(x, TSimd.Broadcast(1.41421356f)));
        var f = TSimd.Subtract(TSimd.Scale(x, TSimd.Subtract(TSimd.Zero, n)), TSimd.Broadcast(1));
        var p = TSimd.MultiplyAdd(TSimd.Broadcast(7.0376836292e-2f), f, TSimd.Broadcast(-1.1514610310e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(1.1676998740e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-1.2420140846e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(1.4249322787e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-1.6668057665e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(2.0000714765e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-2.4999993993e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(3.3333331174e-1f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.5f));
        var square = TSimd.Multiply(f, f);
        var small = TSimd.MultiplyAdd(n, TSimd.Broadcast(-2.12194440e-4f), TSimd.Multiply(p, square));
        return TSimd.MultiplyAdd(n, TSimd.Broadcast(0.693359375f), TSimd.Add(f, small));
    }
}
