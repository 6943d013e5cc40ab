using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;

namespace W2S.Experiments.Metrics;

/// <summary>
/// How far confidences are from how often they are right: binned (Guo et al. 2017, 1706.04599). In data with hard labels this is
/// an estimate that grows with the number of bins and shrinks with the number of rows.
/// </summary>
/// <param name="Bins">Those that hold a row, by confidence.</param>
public sealed record Calibration(IReadOnlyList<Calibration.Bin> Bins)
{
    /// <summary>ECE: Σ (rows of a bin / all rows) · |accuracy − confidence|, 0 to 1.</summary>
    public double ExpectedError => Bins.Sum(bin => bin.Rows * Gap(bin)) / Bins.Sum(bin => bin.Rows);

    /// <summary>MCE: the greatest |accuracy − confidence| of any bin.</summary>
    public double MaximumError => Bins.Max(Gap);

    /// <summary>The calibration of some events' confidences.</summary>
    /// <param name="confidences">[rows], each 0 to 1.</param>
    /// <param name="outcomes">[rows]: 1 where the event happened, 0 where not; or its true probability.</param>
    /// <exception cref="ArgumentException">There is no row, or another number of outcomes, or a confidence outside of 0 to 1.</exception>
    public static Calibration Of(ReadOnlySpan<double> confidences, ReadOnlySpan<double> outcomes, Options options)
    {
        if (confidences.IsEmpty || outcomes.Length != confidences.Length)
            throw new ArgumentException($"{confidences.Length} confidences and {outcomes.Length} outcomes make no calibration.");
        var (rows, sums, rights) = (new int[options.Bins], new double[options.Bins], new double[options.Bins]);
        var order = options.Kind == Binning.EqualMass ? Order(confidences) : null;
        for (var place = 0; place < confidences.Length; place++)
        {
            var row = order?[place] ?? place;
            var confidence = confidences[row];
            // float32 softmaxes exceed 1 by rounding.
            if (!(confidence is >= 0 and <= 1 + 1e-6))
                throw new ArgumentException($"The confidence of row {row} is {confidence}.", nameof(confidences));
            var bin = order == null ? WidthBin(confidence, options.Bins) : MassBin(place, confidences.Length, options.Bins);
            rows[bin]++;
            sums[bin] += confidence;
            rights[bin] += outcomes[row];
        }
        return new Calibration([..
            Enumerable.Range(0, options.Bins)
                .Where(bin => rows[bin] > 0)
                .Select(bin => new Bin(rows[bin], sums[bin] / rows[bin], rights[bin] / rows[bin]))]);
    }

    /// <summary>
    /// The ECE to expect of a perfectly calibrated model with these confidences, which is not 0: each outcome happens with its
    /// confidence, so a bin's gap is that of a sum of chances, in the normal approximation E |gap| · rows = √(2 Σ p (1 − p) / π).
    /// </summary>
    public static double ErrorOfCalibrated(ReadOnlySpan<double> confidences, Options options)
    {
        var variances = new double[confidences.Length];
        for (var row = 0; row < variances.Length; row++) variances[row] = Math.Max(0, confidences[row] * (1 - confidences[row]));
        return Of(confidences, variances, options).Bins.Sum(bin => Math.Sqrt(2 * bin.Rows * bin.Accuracy / Math.PI)) / confidences.Length;
    }

    /// <summary>
    /// Of the likeliest class, the first of equals: the usual ECE of classifiers. Soft labels count by their probability.
    /// </summary>
    /// <param name="predictions">[rows, classes].</param>
    /// <param name="truth">[rows, classes].</param>
    public static Calibration OfLikeliest(
        ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, int classes, Options options)
    {
        var (confidences, outcomes) = Likeliest(predictions, truth, classes);
        return Of(confidences, outcomes, options);
    }

    /// <summary>Each row's greatest probability, and the truth's of that class: whether it was right, or how likely it was to be.</summary>
    internal static (
        double[] Confidences, double[] Outcomes) Likeliest(ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, int classes)
    {
        var (confidences, outcomes) = (new double[predictions.Length / classes], new double[predictions.Length / classes]);
        for (var row = 0; row < confidences.Length; row++)
        {
            var chosen = TensorPrimitives.IndexOfMax(predictions.Slice(row * classes, classes));
            (confidences[row], outcomes[row]) = (predictions[row * classes + chosen], truth[row * classes + chosen]);
        }
        return (confidences, outcomes);
    }

    /// <summary>Of one class against all others.</summary>
    /// <inheritdoc cref="OfLikeliest"/>
    public static Calibration OfClass(
        ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, int classes, int label, Options options) =>
        Of(Column(predictions, classes, label), Column(truth, classes, label), options);

    /// <summary>One class of [rows, classes].</summary>
    internal static double[] Column(ReadOnlySpan<double> rows, int classes, int label)
    {
        var column = new double[rows.Length / classes];
        for (var row = 0; row < column.Length; row++) column[row] = rows[row * classes + label];
        return column;
    }

    private static double Gap(Bin bin) => Math.Abs(bin.Accuracy - bin.Confidence);

    /// <summary>Rows by confidence; equal ones in their own order.</summary>
    private static int[] Order(ReadOnlySpan<double> confidences)
    {
        var values = confidences.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderBy(row => values[row])];
    }

    private static int WidthBin(double confidence, int bins) => Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);

    /// <summary>Bins as NumPy's array_split: the first (rows mod bins) of them hold one row more.</summary>
    private static int MassBin(int place, int rows, int bins)
    {
        var (least, larger) = (rows / bins, rows % bins);
        return place < larger * (least + 1) ? place / (least + 1) : larger + (place - larger * (least + 1)) / least;
    }

    /// <summary>The rows whose confidence falls into one bin; a point of the reliability diagram.</summary>
    /// <param name="Confidence">Their mean confidence.</param>
    /// <param name="Accuracy">How often they were right.</param>
    public sealed record Bin(int Rows, double Confidence, double Accuracy);

    /// <summary>How a calibration error is computed.</summary>
    public sealed record Options
    {
        [Description("Bins of the calibration error.")]
        [Range(1, 100_000)]
        public int Bins { get; init; } = 15;

        [Description("equal_width, or equal_mass: as many rows in each bin.")]
        public Binning Kind { get; init; } = Binning.EqualWidth;
    }

    /// <summary>How predictions are gathered by their confidence.</summary>
    public enum Binning
    {
        /// <summary>Bins (lo, hi] of one width between 0 and 1; 0 itself belongs to the first.</summary>
        EqualWidth,

        /// <summary>Bins of as many rows each as can be, in the order of confidence; rows of equal confidence keep their order.</summary>
        EqualMass,
    }
}
