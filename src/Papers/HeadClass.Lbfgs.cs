using System.Numerics.Tensors;

namespace W2S.Papers;

internal abstract partial class HeadClass
{
    /// <summary>
    /// Minimises a smooth function by L-BFGS (Nocedal 1980) with backtracking, in float64: for losses whose exact minimum a law is
    /// about and that Newton's method here does not know.
    /// </summary>
    internal static class Lbfgs
    {
        private const int Memory = 20;

        /// <summary>A function's value; fills the gradient.</summary>
        public delegate double Function(double[] point, double[] gradient);

        /// <param name="start">Changed in place to the minimum that is found.</param>
        /// <param name="tolerance">Ends where the gradient's Euclidean norm is at most this.</param>
        /// <returns>The gradient's norm at the end.</returns>
        public static double Minimise(Function function, double[] start, double tolerance = 1e-8, int most = 500)
        {
            var (gradient, direction) = (new double[start.Length], new double[start.Length]);
            var (point, next, nextGradient) = (start, new double[start.Length], new double[start.Length]);
            var value = function(point, gradient);
            var pairs = new LinkedList<(double[] Step, double[] Change, double Inverse)>();
            for (var iteration = 0; iteration < most && TensorPrimitives.Norm<double>(gradient) > tolerance; iteration++)
            {
                Descend(gradient, pairs, direction);
                var slope = TensorPrimitives.Dot<double>(gradient, direction);
                if (slope >= 0)
                {
                    pairs.Clear();
                    continue;
                }
                var (length, nextValue) = (pairs.Count == 0 ? Math.Min(1, 1 / TensorPrimitives.Norm<double>(gradient)) : 1, 0.0);
                for (; ; length /= 2)
                {
                    TensorPrimitives.MultiplyAdd(direction, length, point, next);
                    nextValue = function(next, nextGradient);
                    if (nextValue <= value + 1e-4 * length * slope) break;
                    // Rounding of the value is all that is left.
                    if (length < 1e-12) return TensorPrimitives.Norm<double>(gradient);
                }
                var (step, change) = (new double[point.Length], new double[point.Length]);
                TensorPrimitives.Subtract(next, point, step);
                TensorPrimitives.Subtract(nextGradient, gradient, change);
                var curvature = TensorPrimitives.Dot<double>(step, change);
                if (curvature > 1e-14 * TensorPrimitives.SumOfSquares<double>(change))
                {
                    pairs.AddLast((step, change, 1 / curvature));
                    if (pairs.Count > Memory) pairs.RemoveFirst();
                }
                next.CopyTo(point, 0);
                (gradient, nextGradient, value) = (nextGradient, gradient, nextValue);
            }
            return TensorPrimitives.Norm<double>(gradient);
        }

        /// <summary>The two loops: minus the inverse Hessian, as the pairs have it, times the gradient.</summary>
        private static void Descend(
            double[] gradient, LinkedList<(double[] Step, double[] Change, double Inverse)> pairs, double[] direction)
        {
            TensorPrimitives.Negate(gradient, direction);
            var weights = new Stack<double>();
            for (var node = pairs.Last; node != null; node = node.Previous)
            {
                var weight = node.Value.Inverse * TensorPrimitives.Dot<double>(node.Value.Step, direction);
                weights.Push(weight);
                TensorPrimitives.MultiplyAdd(node.Value.Change, -weight, direction, direction);
            }
            if (pairs.Last is { Value: var newest }) TensorPrimitives.Divide(direction,
                newest.Inverse * TensorPrimitives.SumOfSquares<double>(newest.Change), direction);
            foreach (var (step, change, inverse) in pairs)
            {
                var weight = weights.Pop() - inverse * TensorPrimitives.Dot<double>(change, direction);
                TensorPrimitives.MultiplyAdd(step, weight, direction, direction);
            }
        }
    }
}
