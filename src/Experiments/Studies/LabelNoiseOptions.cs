using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>
/// How noisy the labels of classes are that the weak model is fitted to; nothing else sees the noise, the ceiling least of all. On a
/// share of the rows y becomes 1/k + α (y − 1/k): towards the uniform distribution, or past it where α is negative. With two classes
/// that is 0.5 + α (y − 0.5), the noise of the program of 2505.24313; the form for k classes is ours.
/// </summary>
public sealed record LabelNoiseOptions
{
    [Description("Share of the weak model's own rows whose labels are noisy, in each cell; 0: none.")]
    [Range(0.0, 1.0)]
    public double Share { get; init; }

    [Description("α of a noisy label, 1/k + α (y − 1/k) for k classes: 1 leaves it, 0 says nothing, −1 swaps two classes; at least −1/(k − 1).")]
    [Range(-1.0, 1.0)]
    public double Alpha { get; init; }

    /// <summary>What is wrong with it for so many classes; null: nothing.</summary>
    internal string? Problem(int classes) =>
        Share > 0 && Alpha < -1.0 / (classes - 1)
            ? "Noisy labels would have probabilities below 0: alpha is at least −1 / (classes − 1)."
            : null;

    /// <summary>
    /// The labels with noise on the nearest whole number of rows to the share; others are left to the bit. The rows of a smaller
    /// share are among those of a larger one, so a sweep over shares adds noise and does not draw it anew.
    /// </summary>
    /// <param name="labels">[cells, samples, classes].</param>
    /// <param name="stream">Which random stream draws the rows.</param>
    /// <param name="numbers">The cells' numbers, each of which has rows of its own.</param>
    public Targets On(Targets labels, long seed, string stream, IEnumerable<int> numbers)
    {
        var hit = (int)Math.Round(Share * labels.Samples);
        if (hit == 0) return labels;
        var uniform = 1.0 / labels.Outputs;
        var noisy = new Targets(labels.Cells, labels.Samples, labels.Outputs, [.. labels.Values]);
        var order = new int[labels.Samples];
        foreach (var (cell, number) in numbers.Index())
        {
            new RandomStream(seed, stream, number).Permutation(order);
            foreach (var row in order.AsSpan(0, hit))
                foreach (ref var probability in noisy.Cell(cell).Slice(row * labels.Outputs, labels.Outputs))
                    probability = uniform + Alpha * (probability - uniform);
        }
        return noisy;
    }
}
