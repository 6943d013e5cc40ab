using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>
/// The geometry behind the paper (2405.15116, Theorem 1, with equality because affine heads form a subspace): with P the
/// projection onto the heads on h_s, gain − misfit = −2⟨(I−P)f_w, (I−P)f*⟩ on the sample that the student was fitted on.
/// </summary>
public class GainMisfitLawTests
{
    private const int Tasks = 4, Samples = 2000;

    [Fact]
    public void Gain_is_misfit_on_the_fitting_sample_where_the_truth_is_realisable()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var truth = HeadCases.Network(seed, "truth", 5);
            var measured = new Measured(seed, truth, truth);
            for (var task = 0; task < Tasks; task++)
                // What the fit leaves out of f* (directions below 2/n of the widest) is all that may remain.
                Assert.Equal(measured.Misfit(task), measured.Gain(task), 2e-4 * measured.WeakError(task));
        }
    }

    [Fact]
    public void Gain_is_misfit_to_rounding_where_every_direction_is_fitted()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var features = HeadCases.NormalFeatures(seed, Tasks, Samples, 16);
            var measured = new Measured(
                features, LinearHeads.Initialise(seed, "task", Tasks, 16, true).Predict(features), HeadCases.Curved(features));
            for (var task = 0; task < Tasks; task++)
                Assert.Equal(measured.Misfit(task), measured.Gain(task), 1e-6 * measured.WeakError(task));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Gain_differs_from_misfit_by_what_neither_label_leaves_to_the_heads(int depth)
    {
        for (var seed = 0; seed < 25; seed++)
            new Measured(seed, HeadCases.Network(seed, "truth", 5), HeadCases.Network(seed, "strong", depth)).AssertIdentity();
    }

    [Fact]
    public void The_identity_holds_whatever_rank_the_features_have()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new RandomStream(seed, "rank");
            var features = HeadCases.NormalFeatures(seed, Tasks, Samples, 16);
            for (var row = 0; row < Tasks * Samples; row++)
            {
                var units = features.Values.AsSpan(row * 16, 16);
                units[3] = 0;                                      // dead
                units[4] = units[5];                               // equal
                units[6] = units[7] + 1e-5f * units[8];            // nearly collinear
                units[9] = units[10] + (row % Samples < 3 ? 1 : 0); // equal but for three samples
                if (row % Samples > 5) units[11] = 2;              // alive on five samples, else constant
                units[12] *= 1e-4f * (float)random.NextDouble();   // nearly dead
            }
            var truth = LinearHeads.Initialise(seed, "task", Tasks, 16, true).Predict(features);
            new Measured(features, HeadCases.Sum(truth, HeadCases.Curved(features)), HeadCases.Curved(features)).AssertIdentity();
        }
    }

    /// <summary>The student fitted to the weak labels, and the strong model fitted to the true ones, on one sample.</summary>
    private sealed class Measured
    {
        private readonly TaskSamples _true, _weak, _student, _strong;

        public Measured(TaskSamples features, TaskSamples trueLabels, TaskSamples weakLabels)
        {
            (_true, _weak) = (trueLabels, weakLabels);
            _student = ExactHeads.Fit(features, weakLabels, true, 1).Predict(features);
            _strong = ExactHeads.Fit(features, trueLabels, true, 1).Predict(features);
        }

        public Measured(long seed, MlpWeights truth, MlpWeights strong)
            : this(seed, truth, strong, HeadCases.Inputs(seed, "student", Tasks, Samples)) { }

        private Measured(long seed, MlpWeights truth, MlpWeights strong, TaskSamples inputs)
            : this(HeadCases.Features(strong, inputs), Labels(seed, truth, inputs), WeakLabels(seed, truth, inputs)) { }

        public double WeakError(int task) => HeadCases.Distance(_weak, _true, task);
        public double Gain(int task) => WeakError(task) - HeadCases.Distance(_student, _true, task);
        public double Misfit(int task) => HeadCases.Distance(_student, _weak, task);

        public void AssertIdentity()
        {
            for (var task = 0; task < Tasks; task++)
                Assert.Equal(
                    -2 * HeadCases.Inner(_weak, _student, _true, _strong, task),
                    Gain(task) - Misfit(task),
                    2e-6 * (HeadCases.Variance(_true, task) + WeakError(task)));
        }

        private static LinearHeads Task(long seed) => LinearHeads.Initialise(seed, "task", Tasks, 16, true);

        private static TaskSamples Labels(long seed, MlpWeights truth, TaskSamples inputs) =>
            Task(seed).Predict(HeadCases.Features(truth, inputs));

        /// <summary>Labels of heads on a perturbed truth, fitted on a sample of their own.</summary>
        private static TaskSamples WeakLabels(long seed, MlpWeights truth, TaskSamples inputs)
        {
            var weak = truth.Perturbed(0.05, new RandomStream(seed, "noise"), biases: false);
            var own = HeadCases.Inputs(seed, "weak", Tasks, Samples);
            return ExactHeads.Fit(HeadCases.Features(weak, own), Labels(seed, truth, own), true, 1)
                .Predict(HeadCases.Features(weak, inputs));
        }
    }
}
