using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>The links of squared errors (<see cref="Objectives.Link"/>).</summary>
internal static class FusedLinks
{
    public readonly struct Identity<TSimd, TVector> : ILink<TSimd, TVector>
        where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        public static TVector Apply(TVector linear) => linear;
        public static TVector Backward(TVector activated, TVector error) => error;
    }

    public readonly struct Relu<TSimd, TVector> : ILink<TSimd, TVector>
        where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        public static TVector Apply(TVector linear) => TSimd.AtLeast(TSimd.Zero, linear);
        public static TVector Backward(TVector activated, TVector error) => TSimd.WherePositive(activated, error);
    }

    public readonly struct Sigmoid<TSimd, TVector> : ILink<TSimd, TVector>
        where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        public static TVector Apply(TVector linear)
        {
            var one = TSimd.Broadcast(1);
            // Beyond ±80 a float's sigmoid is 0 or 1 already; the bound keeps the denominator a normal number.
            var bounded = TSimd.AtLeast(TSimd.Broadcast(-80), TSimd.Subtract(TSimd.Zero, TSimd.AtLeast(TSimd.Broadcast(-80), linear)));
            return TSimd.Divide(one, TSimd.Add(one, TSimd.Exp(bounded)));
        }

        public static TVector Backward(TVector activated, TVector error) =>
            TSimd.Multiply(error, TSimd.Multiply(activated, TSimd.Subtract(TSimd.Broadcast(1), activated)));
    }

    public readonly struct Tanh<TSimd, TVector> : ILink<TSimd, TVector>
        where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        /// <remarks>
        /// 1 − 2 / (1 + exp 2x) loses its leading digits near 0, so below 0.625 in magnitude this is the odd polynomial of
        /// Moshier's Cephes (tanhf.c), good to an ulp or two.
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply(TVector linear)
        {
            var one = TSimd.Broadcast(1);
            // Beyond ±20 a float's tanh is ±1.
            var bounded = TSimd.Subtract(
                TSimd.Zero, TSimd.AtLeast(TSimd.Broadcast(-20), TSimd.Subtract(TSimd.Zero, TSimd.AtLeast(TSimd.Broadcast(-20), linear))));
            var square = TSimd.Multiply(bounded, bounded);
            var far = TSimd.MultiplyAdd(
                TSimd.Broadcast(-2), TSimd.Divide(one, TSimd.Add(one, TSimd.Exp(TSimd.Add(bounded, bounded)))), one);

            var polynomial = TSimd.MultiplyAdd(square, TSimd.Broadcast(-5.70498872745e-3f), TSimd.Broadcast(2.06390887954e-2f));
            polynomial = TSimd.MultiplyAdd(square, polynomial, TSimd.Broadcast(-5.37397155531e-2f));
            polynomial = TSimd.MultiplyAdd(square, polynomial, TSimd.Broadcast(1.33314422036e-1f));
            polynomial = TSimd.MultiplyAdd(square, polynomial, TSimd.Broadcast(-3.33332819422e-1f));
            var near = TSimd.MultiplyAdd(TSimd.Multiply(bounded, square), polynomial, bounded);

            var isNear = TSimd.Subtract(TSimd.Broadcast(0.625f * 0.625f), square);
            return TSimd.Add(far, TSimd.WherePositive(isNear, TSimd.Subtract(near, far)));
        }

        public static TVector Backward(TVector activated, TVector error) =>
            TSimd.Multiply(error, TSimd.Subtract(TSimd.Broadcast(1), TSimd.Multiply(activated, activated)));
    }

    /// <summary>What is applied to a head's linear output, and how a gradient goes backward through it.</summary>
    public interface ILink<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        static abstract TVector Apply(TVector linear);

        /// <summary><paramref name="error"/> times the derivative, which is written in terms of the activation's own value.</summary>
        static abstract TVector Backward(TVector activated, TVector error);
    }
}

/// <summary>(f(z) − y)² of heads with one output.</summary>
internal readonly unsafe struct SquaredError<TSimd, TVector, TLink> : HeadGroups.ILoss<TSimd, TVector>
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
