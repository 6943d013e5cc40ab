using W2S.Data;
using W2S.Runs;

namespace W2S.Experiments;

public sealed class LabelNoiseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, -1)]
    [InlineData(2, 0.3)]
    [InlineData(5, -0.25)]
    [InlineData(5, 0)]
    public void A_share_of_the_rows_moves_towards_the_uniform_distribution_and_no_other_row_changes(int classes, double alpha)
    {
        var labels = Labels(3, 200, classes);
        var noisy = new Study.LabelNoiseOptions { Share = 0.25, Alpha = alpha }.On(labels, 7, "noise", [0, 1, 2]);
        for (var cell = 0; cell < 3; cell++)
        {
            var rows = labels.Cell(cell).ToArray().Chunk(classes).Zip(noisy.Cell(cell).ToArray().Chunk(classes)).Where(row => !row.First.SequenceEqual(row.Second)).ToList();
            Assert.Equal(50, rows.Count);
            foreach (var (before, after) in rows)
            {
                Assert.Equal(1, after.Sum(), 1e-12);
                Assert.All(after, probability => Assert.InRange(probability, -1e-12, 1 + 1e-12));
                Assert.All(before.Zip(after), pair => Assert.Equal(classes == 2 ? 0.5 + alpha * (pair.First - 0.5) : (1 - alpha) / classes + alpha * pair.First, pair.Second, 1e-12));
            }
        }
    }

    [Theory]
    [InlineData(0.2474, 49)]
    [InlineData(0.2476, 50)]
    [InlineData(0.2524, 50)]
    [InlineData(0.2526, 51)]
    public void Of_two_hundred_rows_the_number_nearest_to_the_share_is_noisy(double share, int rows)
    {
        var labels = Labels(1, 200, 2);
        var noisy = new Study.LabelNoiseOptions { Share = share, Alpha = -1 }.On(labels, 7, "noise", [0]);
        Assert.Equal(rows, labels.Values.Chunk(2).Zip(noisy.Values.Chunk(2)).Count(row => !row.First.SequenceEqual(row.Second)));
    }

    [Fact]
    public void Cells_have_noisy_rows_of_their_own_which_blocks_do_not_change_and_larger_shares_add_to()
    {
        var labels = Labels(2, 100, 3);
        var (few, many) = (Rows(labels, 0.2, [4, 5]), Rows(labels, 0.6, [4, 5]));
        Assert.NotEqual(few[0], few[1]);
        Assert.Equal(20, few[0].Count);
        Assert.Subset(many[0], few[0]);
        var second = new Targets(1, 100, 3, labels.Cell(1).ToArray());
        Assert.Equal(few[1], Assert.Single(Rows(second, 0.2, [5])));

        static HashSet<int>[] Rows(Targets labels, double share, int[] numbers)
        {
            var noisy = new Study.LabelNoiseOptions { Share = share }.On(labels, 0, "noise", numbers);
            return [.. numbers.Select((_, cell) => labels.Cell(cell).ToArray().Chunk(3).Zip(noisy.Cell(cell).ToArray().Chunk(3)).Index()
                .Where(row => !row.Item.First.SequenceEqual(row.Item.Second)).Select(row => row.Index).ToHashSet())];
        }
    }

    /// <summary>The noise reaches the student through its teacher alone, and neither the ceiling nor the truth.</summary>
    [Fact]
    public void Only_the_weak_model_is_fitted_to_noise_and_errors_stay_those_against_the_truth()
    {
        var clean = Run("clean");
        var noisy = Run("noisy", "label_noise.share=0.5", "label_noise.alpha=-0.25");
        foreach (var (before, after) in clean.Zip(noisy))
        {
            Assert.Equal(before.StrongError, after.StrongError);
            Assert.True(after.WeakError > before.WeakError, $"{before.WeakError} → {after.WeakError}");
            Assert.NotEqual(before.StudentError, after.StudentError);
        }
        Assert.Equal(Fingerprint.Of(clean), Fingerprint.Of(Run("unchanged", "label_noise.share=0.5", "label_noise.alpha=1")));

        IReadOnlyList<CellResult> Run(string name, params string[] noise) => Study(noise).Run(_folder[name]).Single().Cells;
    }

    /// <summary>
    /// At α = 0 on all rows every label is the uniform distribution, which any softmax head can say: weak model and student guess,
    /// on any examples, and there is neither misfit nor gain.
    /// </summary>
    [Fact]
    public void Where_all_labels_say_nothing_the_weak_model_says_nothing()
    {
        foreach (var cell in Study("label_noise.share=1", "label_noise.alpha=0").Run(_folder["nothing"]).Single().Cells)
        {
            Assert.Equal(0, cell.Misfit!.Value, 1e-6);
            Assert.Equal(cell.WeakError!.Value, cell.StudentError!.Value, 1e-5);
            Assert.True(cell.WeakError > 0.1, $"{cell}");
        }
    }

    [Theory]
    [InlineData("Label noise is one of classes", "2c", "label_noise.share=0.1")]
    [InlineData("alpha is at least", "kl2c", "label_noise.share=0.1", "label_noise.alpha=-0.3")]
    [InlineData("label_noise.share", "kl2c", "label_noise.share=1.5")]
    public void What_does_not_go_together_is_refused(string part, string panel, params string[] assignments) =>
        Assert.Contains(part, Assert.Throws<UserErrorException>(() => SmallStudies.Of(panel, assignments)).Message);

    private static IReadOnlyList<Study> Study(params string[] noise) => SmallStudies.Of("kl2c", ["heads.tasks=3", .. noise]);

    /// <summary>Hard labels, each class in turn: no row is uniform, so noise shows in every row that it hits.</summary>
    private static Targets Labels(int cells, int samples, int classes)
    {
        var labels = new Targets(cells, samples, classes);
        for (var row = 0; row < cells * samples; row++) labels.Values[row * classes + row % classes] = 1;
        return labels;
    }
}
