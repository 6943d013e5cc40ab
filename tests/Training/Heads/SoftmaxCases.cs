using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Training.Tests;

/// <summary>Features, labels and measures for the tests of softmax heads, in float64.</summary>
internal static class SoftmaxCases
{
    public static double[] Normal(long seed, string name, int count)
    {
        var random = new RandomStream(seed, name);
        var values = new double[count];
        foreach (ref var value in values.AsSpan()) value = random.NextNormal();
        return values;
    }

    /// <summary>A head with logits of standard deviation <paramref name="scale"/> on standard normal features.</summary>
    public static SoftmaxHead Head(long seed, string name, int width, int classes, double scale = 2, bool hasBias = true)
    {
        var weights = Normal(seed, name, classes * width);
        foreach (ref var weight in weights.AsSpan()) weight *= scale / Math.Sqrt(width);
        return new SoftmaxHead(weights, hasBias ? Normal(seed, name + " biases", classes) : new double[classes]);
    }

    /// <summary>Soft labels that no head on these features can give: those of a head on their sines.</summary>
    public static double[] Curved(long seed, double[] features, int width, int classes) =>
        Head(seed, "curved", width, classes).Predict([.. features.Select(value => Math.Sin(2 * value))]);

    /// <summary>One class a row, drawn from its probabilities: 0 and 1.</summary>
    public static double[] Drawn(long seed, double[] probabilities, int classes)
    {
        var random = new RandomStream(seed, "drawn");
        var labels = new double[probabilities.Length];
        for (var row = 0; row < labels.Length; row += classes)
        {
            var (left, label) = (random.NextDouble(), 0);
            while (label < classes - 1 && (left -= probabilities[row + label]) > 0) label++;
            labels[row + label] = 1;
        }
        return labels;
    }

    /// <summary>Labels of the given classes: 0 and 1.</summary>
    public static double[] Hard(IEnumerable<int> labels, int classes) =>
        [.. labels.SelectMany(label => Enumerable.Range(0, classes).Select(other => other == label ? 1.0 : 0))];

    /// <summary>Mean of a row's measure over rows [rows, classes].</summary>
    public static double Mean(int classes, double[] first, double[] second, Measure measure)
    {
        double sum = 0;
        for (var row = 0; row < first.Length; row += classes) sum += measure(first.AsSpan(row, classes), second.AsSpan(row, classes));
        return sum / (first.Length / classes);
    }

    /// <summary>E KL(p‖q).</summary>
    public static double Kl(int classes, double[] p, double[] q) => Mean(classes, p, q, KullbackLeibler.Divergence);

    public delegate double Measure(ReadOnlySpan<double> first, ReadOnlySpan<double> second);

    /// <summary>
    /// The greatest of |E (s − t) h + ridge · w|, each feature against its root mean square, and of |E (s − t)|: an optimum's
    /// definition on the features as they are, which knows nothing of how it was found.
    /// </summary>
    public static double Stationarity(double[] features, double[] labels, SoftmaxHead head, bool hasBias, double ridge = 0)
    {
        var (classes, width) = (head.Classes, head.Width);
        var probabilities = head.Predict(features);
        var samples = probabilities.Length / classes;
        var greatest = 0.0;
        for (var label = 0; label < classes; label++)
            for (var unit = 0; unit <= width; unit++)
            {
                if (unit == width && !hasBias) continue;
                double sum = 0, square = 0;
                for (var row = 0; row < samples; row++)
                {
                    var feature = unit == width ? 1 : features[row * width + unit];
                    sum += (probabilities[row * classes + label] - labels[row * classes + label]) * feature / samples;
                    square += feature * feature / samples;
                }
                if (unit < width) sum += ridge * head.Weight(label)[unit];
                if (square > 0) greatest = Math.Max(greatest, Math.Abs(sum) / Math.Sqrt(square));
            }
        return greatest;
    }
}
