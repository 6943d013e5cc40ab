using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace W2S.Training;

/// <summary>
/// One fit of <see cref="NewtonHeads"/>. The class with the most labels has logit 0, which takes the softmax's invariance away;
/// the others have the coefficients θ [classes − 1, columns].
/// </summary>
internal sealed class SoftmaxNewton
{
    // Added to curvatures, whose natural size is 1, so that directions along which nothing is left to gain move little.
    private const double Damping = 1e-14;

    // A step that moves a logit by more than this at a converged gradient is one of a head that grows without end.
    private const double Growth = 0.1;

    private readonly WhitenedFeatures _features;
    private readonly NewtonHeads.Options _options;
    private readonly int _samples, _columns, _classes;
    private readonly int[] _order; // the classes, the one with logit 0 last
    private readonly double[][] _labels, _probabilities, _trial;
    private readonly double[] _penalties, _residuals;
    private readonly double[] _gradient, _hessian, _step, _block;

    public SoftmaxNewton(WhitenedFeatures features, ReadOnlySpan<double> labels, int classes, NewtonHeads.Options options)
    {
        (_features, _options, _samples, _columns, _classes) = (features, options, features.Samples, features.Count, classes);
        var byClass = Columns(labels, classes);
        Normalise(byClass);
        _order = [.. Enumerable.Range(0, classes).OrderBy(label => DoubleLoops.Sum(byClass[label]))];
        _labels = [.. _order.Select(label => byClass[label])];
        (_probabilities, _trial) = (Columns([], classes), Columns([], classes));
        _residuals = new double[_samples];
        var ridge = options.Ridge + options.RidgeShare * features.MeanSquare;
        _penalties = [.. Enumerable.Range(0, _columns).Select(column => ridge / features.Square(column))];
        var unknowns = (classes - 1) * _columns;
        (_gradient, _step) = (new double[unknowns], new double[unknowns]);
        (_hessian, _block) = (new double[checked(unknowns * unknowns)], new double[_columns * _columns]);
    }

    public NewtonHeads.Outcome Fit(int width)
    {
        var theta = Start();
        var loss = Evaluate(theta, _probabilities);
        var norm = Gradient(theta, _probabilities);
        var steps = 0;
        while (norm > NewtonHeads.Tolerance && steps < _options.Steps)
        {
            FindStep(theta);
            if (!TryDescend(theta, ref loss)) break;
            norm = Gradient(theta, _probabilities);
            steps++;
        }
        FindStep(theta);
        var separated = LargestChange() > Growth;
        if (!separated && TryDescend(theta, ref loss)) norm = Gradient(theta, _probabilities);
        return new NewtonHeads.Outcome(Head(theta, width), steps, loss, norm, norm <= NewtonHeads.Tolerance, separated);
    }

    /// <summary>Weights 0 and, where there are biases, those that give the labels' mean: the best constant answer.</summary>
    private double[] Start()
    {
        var theta = new double[_gradient.Length];
        if (_columns > 0 && double.IsPositiveInfinity(_features.Square(0)))
            for (var label = 0; label < _classes - 1; label++) theta[label * _columns] = Math.Log(Mean(label) / Mean(_classes - 1));
        return theta;

        // A class that is absent starts where the gradient of its bias has vanished.
        double Mean(int label) => Math.Max(DoubleLoops.Sum(_labels[label]) / _samples, 1e-12);
    }

    /// <summary>Fills the probabilities; returns the loss.</summary>
    private double Evaluate(double[] theta, double[][] probabilities)
    {
        for (var label = 0; label < _classes - 1; label++) Combine(theta, label, probabilities[label]);
        Array.Clear(probabilities[^1]);
        return DoubleLoops.Softmax(probabilities, _labels) / _samples + Penalty(theta);
    }

    /// <summary>ridge/2 · Σ w² over all classes, whose weights sum to 0.</summary>
    private double Penalty(double[] theta)
    {
        double penalty = 0;
        for (var column = 0; column < _columns; column++)
        {
            var (squares, sum) = (0.0, SumOver(theta, column));
            for (var index = column; index < theta.Length; index += _columns) squares += theta[index] * theta[index];
            penalty += _penalties[column] * (squares - sum * sum / _classes) / 2;
        }
        return penalty;
    }

    /// <summary>Fills the gradient; returns its norm over all classes, the one with logit 0 too.</summary>
    private double Gradient(double[] theta, double[][] probabilities)
    {
        for (var label = 0; label < _classes - 1; label++)
        {
            probabilities[label].CopyTo(_residuals, 0);
            DoubleLoops.AddScaled(_labels[label], -1, _residuals);
            for (var column = 0; column < _columns; column++)
                _gradient[label * _columns + column] = DoubleLoops.Dot(_features[column], _residuals) / _samples;
        }
        var squares = 0.0;
        for (var column = 0; column < _columns; column++)
        {
            var (sum, total) = (SumOver(theta, column), 0.0);
            for (var index = column; index < theta.Length; index += _columns)
            {
                _gradient[index] += _penalties[column] * (theta[index] - sum / _classes);
                squares += _gradient[index] * _gradient[index];
                total += _gradient[index];
            }
            squares += total * total;
        }
        return Math.Sqrt(squares);
    }

    /// <summary>Solves H · step = −gradient.</summary>
    private void FindStep(double[] theta)
    {
        Array.Clear(_hessian);
        for (var first = 0; first < _classes; first++)
            for (var second = 0; second < first; second++) AddBlock(first, second);
        AddPenalties();
        for (var damping = Damping; ; damping *= 100)
        {
            var factor = (double[])_hessian.Clone();
            for (var index = 0; index < theta.Length; index++) factor[index * theta.Length + index] += damping;
            if (!SymmetricMatrix.TryFactorise(factor, theta.Length)) continue;
            for (var index = 0; index < theta.Length; index++) _step[index] = -_gradient[index];
            SymmetricMatrix.Solve(factor, _step);
            return;
        }
    }

    /// <summary>
    /// Adds what two classes have in common, E s_k s_l x xᵀ: to the diagonal block of each and, negative, to the block of both. So
    /// written, curvatures are sums of positive terms: 1 − s, which loses all digits where s is nearly 1, does not occur.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBlock(int first, int second)
    {
        Array.Clear(_block);
        Span<double> weights = stackalloc double[DoubleLoops.CachedSamples], weighted = stackalloc double[DoubleLoops.CachedSamples];
        for (var start = 0; start < _samples; start += DoubleLoops.CachedSamples)
        {
            var count = Math.Min(DoubleLoops.CachedSamples, _samples - start);
            DoubleLoops.Multiply(_probabilities[first].AsSpan(start, count), _probabilities[second].AsSpan(start, count), weights);
            for (var i = 0; i < _columns; i++)
            {
                DoubleLoops.Multiply(weights[..count], _features[i].Slice(start, count), weighted);
                DoubleLoops.AddProducts(weighted[..count], _features.Columns[start..], _samples, _block.AsSpan(i * _columns, i + 1));
            }
        }
        for (var i = 0; i < _columns; i++)
            for (var j = 0; j <= i; j++)
            {
                var value = _block[i * _columns + j] / _samples;
                if (first < _classes - 1) Add(first, first, value);
                Add(second, second, value);
                if (first < _classes - 1) Add(first, second, -value);

                // The lower triangle of the whole; off the diagonal blocks both halves of a block lie in it.
                void Add(int row, int column, double addend)
                {
                    _hessian[(row * _columns + i) * _gradient.Length + column * _columns + j] += addend;
                    if (row != column && i != j) _hessian[(row * _columns + j) * _gradient.Length + column * _columns + i] += addend;
                }
            }
    }

    private void AddPenalties()
    {
        for (var row = 0; row < _classes - 1; row++)
            for (var column = 0; column <= row; column++)
            {
                var share = (row == column ? 1 : 0) - 1.0 / _classes;
                for (var index = 0; index < _columns; index++)
                    _hessian[(row * _columns + index) * _gradient.Length + column * _columns + index] += share * _penalties[index];
            }
    }

    /// <summary>Moves along the step, halved until the loss falls; false where it does not, and nothing moved.</summary>
    private bool TryDescend(double[] theta, ref double loss)
    {
        var slope = TensorPrimitives.Dot<double>(_gradient, _step);
        var trial = new double[theta.Length];
        for (var length = 1.0; length > 1e-12; length /= 2)
        {
            TensorPrimitives.MultiplyAdd(_step, length, theta, trial);
            var reached = Evaluate(trial, _trial);
            // Near the optimum the loss changes by less than its rounding.
            if (!(reached <= loss + 1e-4 * length * slope + 1e-14 * (1 + Math.Abs(loss)))) continue;
            loss = reached;
            trial.CopyTo(theta, 0);
            for (var label = 0; label < _classes; label++) (_probabilities[label], _trial[label]) = (_trial[label], _probabilities[label]);
            return true;
        }
        return false;
    }

    /// <summary>The most by which the step would change a logit against the one that is 0.</summary>
    private double LargestChange()
    {
        var largest = 0.0;
        var changes = new double[_samples];
        for (var label = 0; label < _classes - 1; label++)
        {
            Combine(_step, label, changes);
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude<double>(changes)));
        }
        return largest;
    }

    /// <summary>A class's logits, or what changes in them: its coefficients times the columns.</summary>
    private void Combine(double[] coefficients, int label, double[] values)
    {
        Array.Clear(values);
        for (var column = 0; column < _columns; column++)
            DoubleLoops.AddScaled(_features[column], coefficients[label * _columns + column], values);
    }

    /// <summary>The sum over the classes of a column's coefficients.</summary>
    private double SumOver(double[] theta, int column)
    {
        double sum = 0;
        for (var index = column; index < theta.Length; index += _columns) sum += theta[index];
        return sum;
    }

    private SoftmaxHead Head(double[] theta, int width)
    {
        var head = new SoftmaxHead(new double[_classes * width], new double[_classes]);
        for (var place = 0; place < _classes; place++)
        {
            var coefficients = new double[_columns];
            for (var column = 0; column < _columns; column++)
                coefficients[column] =
                    (place < _classes - 1 ? theta[place * _columns + column] : 0) - SumOver(theta, column) / _classes;
            head.Biases[_order[place]] = _features.InFeatures(coefficients, head.Weights.AsSpan(_order[place] * width, width));
        }
        return head;
    }

    /// <summary>Makes labels that went through float32, and so sum to 1 within some 1e-7, sum to 1.</summary>
    private static void Normalise(double[][] labels)
    {
        var sums = new double[labels[0].Length];
        foreach (var column in labels) TensorPrimitives.Add(sums, column, sums);
        foreach (var column in labels) TensorPrimitives.Divide(column, sums, column);
    }

    /// <summary>Rows [samples, classes] by class; zeros where there are no rows.</summary>
    private double[][] Columns(ReadOnlySpan<double> rows, int classes)
    {
        var columns = new double[classes][];
        for (var label = 0; label < classes; label++)
        {
            columns[label] = new double[_samples];
            for (var sample = 0; sample < rows.Length / classes; sample++) columns[label][sample] = rows[sample * classes + label];
        }
        return columns;
    }
}
