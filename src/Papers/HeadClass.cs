using System.Numerics.Tensors;

namespace W2S.Papers;

/// <summary>
/// A set of heads on features and the exact minimiser of a divergence in it. Two kinds: softmax heads, convex in logits; and
/// simplex-linear ones, convex in probabilities, for which the laws of the two directions of KL hold.
/// </summary>
internal abstract partial class HeadClass
{
    public static readonly HeadClass Softmax = new SoftmaxClass(), Simplex = new SimplexClass();

    public abstract string Name { get; }

    /// <summary>Features as this class reads them, [samples, inputs]; scales are those of the fitting sample.</summary>
    /// <param name="fitting">[samples, width], ReLU features.</param>
    public abstract double[] Inputs(ReadOnlySpan<float> features, ReadOnlySpan<float> fitting, int width);

    /// <summary>Predictions [samples, classes] of parameters [inputs, classes].</summary>
    public abstract double[] Predict(double[] parameters, double[] inputs, int classes);

    /// <summary>Turns mean gradients by predictions into gradients by parameters.</summary>
    protected abstract void Backward(double[] parameters, double[] inputs, double[] predictions, double[] slopes, int classes,
        double[] gradient);

    /// <summary>The parameters with the least mean divergence.</summary>
    /// <param name="isForward">KL(label‖head), else KL(head‖label).</param>
    /// <param name="labels">[samples, classes], all greater than 0.</param>
    public virtual double[] Fit(double[] inputs, double[] labels, int classes, bool isForward)
    {
        var samples = labels.Length / classes;
        var parameters = new double[inputs.Length / samples * classes];
        Minimise(parameters, inputs, labels, classes, isForward);
        return parameters;
    }

    /// <summary>How far a fit's divergence may be above the least there is: 0 for fits that are exact to rounding.</summary>
    public virtual double Gap(double[] parameters, double[] inputs, double[] labels, int classes, bool isForward) => 0;

    /// <summary>From where the parameters are.</summary>
    protected void Minimise(double[] parameters, double[] inputs, double[] labels, int classes, bool isForward) =>
        Lbfgs.Minimise((point, gradient) =>
    {
        var predictions = Predict(point, inputs, classes);
        var slopes = Slopes(predictions, labels, classes, isForward, out var divergence);
        Backward(point, inputs, predictions, slopes, classes, gradient);
        return divergence;
    }, parameters);

    /// <summary>Of the mean divergence by each prediction.</summary>
    protected static double[] Slopes(double[] predictions, double[] labels, int classes, bool isForward, out double divergence)
    {
        var (slopes, samples, sum) = (new double[predictions.Length], predictions.Length / classes, 0.0);
        for (var place = 0; place < predictions.Length; place++)
        {
            var (p, y) = (Math.Max(predictions[place], double.Epsilon), labels[place]);
            sum += isForward ? y * Math.Log(y / p) : p * Math.Log(p / y);
            slopes[place] = (isForward ? -y / p : Math.Log(p / y) + 1) / samples;
        }
        divergence = sum / samples;
        return slopes;
    }

    private static double[] Means(ReadOnlySpan<float> features, int width)
    {
        var means = new double[width];
        for (var place = 0; place < features.Length; place++) means[place % width] += features[place] / (double)(features.Length / width);
        return means;
    }

    private static void ApplySoftmax(double[] logits, double[] distributions, int classes)
    {
        for (var place = 0; place < logits.Length; place += classes)
            Link.Softmax.Apply(logits.AsSpan(place, classes), distributions.AsSpan(place, classes));
    }

    private static void BackwardSoftmax(double[] distributions, double[] gradient, int classes)
    {
        for (var place = 0; place < gradient.Length; place += classes)
            Link.Softmax.Backward(distributions.AsSpan(place, classes), gradient.AsSpan(place, classes));
    }

    /// <summary>p = softmax(W h + b), features with mean 0 and spread 1.</summary>
    private sealed class SoftmaxClass : HeadClass
    {
        public override string Name => "softmax";

        public override double[] Inputs(ReadOnlySpan<float> features, ReadOnlySpan<float> fitting, int width)
        {
            var (means, spreads) = (Means(fitting, width), new double[width]);
            for (var place = 0; place < fitting.Length; place++)
                spreads[place % width] += Math.Pow(fitting[place] - means[place % width], 2) / (fitting.Length / width);
            var inputs = new double[features.Length / width * (width + 1)];
            for (var row = 0; row < features.Length / width; row++)
            {
                for (var unit = 0; unit < width; unit++)
                    inputs[row * (width + 1) + unit] = spreads[unit] > 0
                        ? (features[row * width + unit] - means[unit]) / Math.Sqrt(spreads[unit]) : 0;
                inputs[row * (width + 1) + width] = 1;
            }
            return inputs;
        }

        public override double[] Predict(double[] parameters, double[] inputs, int classes)
        {
            var predictions = Product(parameters, inputs, classes);
            ApplySoftmax(predictions, predictions, classes);
            return predictions;
        }

        protected override void Backward(double[] parameters, double[] inputs, double[] predictions, double[] slopes, int classes,
            double[] gradient)
        {
            BackwardSoftmax(predictions, slopes, classes);
            Transposed(inputs, slopes, classes, gradient);
        }
    }

    /// <summary>p = Σ_j φ_j a_j: features and 1, each over its mean, made to sum to 1, mix distributions a_j over the classes.</summary>
    private sealed class SimplexClass : HeadClass
    {
        private const double GreatestGap = 1e-7;

        public override string Name => "simplex-linear";

        public override double[] Inputs(ReadOnlySpan<float> features, ReadOnlySpan<float> fitting, int width)
        {
            var means = Means(fitting, width);
            var inputs = new double[features.Length / width * (width + 1)];
            for (var row = 0; row < features.Length / width; row++)
            {
                var own = inputs.AsSpan(row * (width + 1), width + 1);
                for (var unit = 0; unit < width; unit++)
                    own[unit] = means[unit] > 0 ? Math.Max(0, features[row * width + unit] / means[unit]) : 0;
                own[width] = 1;
                TensorPrimitives.Divide(own, TensorPrimitives.Sum<double>(own), own);
            }
            return inputs;
        }

        public override double[] Predict(double[] parameters, double[] inputs, int classes) =>
            Product(Distributions(parameters, classes), inputs, classes);

        protected override void Backward(double[] parameters, double[] inputs, double[] predictions, double[] slopes, int classes,
            double[] gradient)
        {
            Transposed(inputs, slopes, classes, gradient);
            BackwardSoftmax(Distributions(parameters, classes), gradient, classes);
        }

        /// <summary>
        /// The problem is convex in the distributions, but a distribution that has run into a corner does not come out of it by
        /// gradients of its logits. So each is mixed with the uniform one, less every time, until what is left to be gained
        /// (<see cref="Gap"/>) is next to nothing.
        /// </summary>
        public override double[] Fit(double[] inputs, double[] labels, int classes, bool isForward)
        {
            var parameters = base.Fit(inputs, labels, classes, isForward);
            for (var share = 0.1; share > 1e-7 && Gap(parameters, inputs, labels, classes, isForward) > GreatestGap; share /= 4)
            {
                var distributions = Distributions(parameters, classes);
                for (var place = 0; place < parameters.Length; place++)
                    parameters[place] = Math.Log((1 - share) * distributions[place] + share / classes);
                Minimise(parameters, inputs, labels, classes, isForward);
            }
            return parameters;
        }

        /// <summary>
        /// The duality gap of Frank and Wolfe: the divergence is above its least by at most this; of reverse KL, it is also the most by
        /// which gain can be below misfit for any reference in the class.
        /// </summary>
        public override double Gap(double[] parameters, double[] inputs, double[] labels, int classes, bool isForward)
        {
            var (distributions, gradient) = (Distributions(parameters, classes), new double[parameters.Length]);
            Transposed(inputs, Slopes(Predict(parameters, inputs, classes), labels, classes, isForward, out _), classes, gradient);
            var gap = 0.0;
            for (var place = 0; place < gradient.Length; place += classes)
                gap += TensorPrimitives.Dot<double>(distributions.AsSpan(place, classes),
                    gradient.AsSpan(place, classes)) - TensorPrimitives.Min<double>(gradient.AsSpan(place, classes));
            return gap;
        }

        private static double[] Distributions(double[] parameters, int classes)
        {
            var distributions = new double[parameters.Length];
            ApplySoftmax(parameters, distributions, classes);
            return distributions;
        }
    }

    /// <summary>[samples, inputs] · [inputs, classes].</summary>
    private static double[] Product(double[] parameters, double[] inputs, int classes)
    {
        var width = parameters.Length / classes;
        var products = new double[inputs.Length / width * classes];
        var ofClass = new double[width];
        for (var label = 0; label < classes; label++)
        {
            for (var unit = 0; unit < width; unit++) ofClass[unit] = parameters[unit * classes + label];
            for (var row = 0; row < inputs.Length / width; row++)
                products[row * classes + label] = TensorPrimitives.Dot<double>(inputs.AsSpan(row * width, width), ofClass);
        }
        return products;
    }

    /// <summary>[inputs, samples] · [samples, classes].</summary>
    private static void Transposed(double[] inputs, double[] slopes, int classes, double[] gradient)
    {
        var width = gradient.Length / classes;
        var ofClass = new double[width];
        for (var label = 0; label < classes; label++)
        {
            ofClass.AsSpan().Clear();
            for (var row = 0; row < inputs.Length / width; row++)
                TensorPrimitives.MultiplyAdd(inputs.AsSpan(row * width, width), slopes[row * classes + label], ofClass, ofClass);
            for (var unit = 0; unit < width; unit++) gradient[unit * classes + label] = ofClass[unit];
        }
    }
}
