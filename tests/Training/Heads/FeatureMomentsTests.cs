using TorchSharp;
using W2S.Data;

namespace W2S.Training.Tests;

/// <summary>Means and products of columns, summed over blocks of rows.</summary>
// Alone, for how many threads libtorch has is the whole process's, and other tests set it.
[Collection(nameof(FeatureMomentsTests))]
[CollectionDefinition(nameof(FeatureMomentsTests), DisableParallelization = true)]
public class FeatureMomentsTests
{
    /// <summary>Narrow and wide, less than a block and several, around 0 and far from it.</summary>
    [Theory]
    [InlineData(1, 7, 0)]
    [InlineData(9, 40_000, 0)]
    [InlineData(9, 500, 1e4)]
    [InlineData(130, 1000, 0)]
    [InlineData(400, 3000, 100)]
    public void They_are_the_sums_that_they_stand_for(int width, int samples, double offset)
    {
        var rows = Rows(width, samples, offset);
        var moments = FeatureMoments.Of(samples, width, Reader(rows, width), threads: 2);
        var random = new RandomStream(2, "columns");
        for (var pair = 0; pair < 20; pair++)
        {
            var (one, other) = (random.NextInt(width), random.NextInt(width));
            double[] first = Centred(one), second = Centred(other);
            var (product, scale) = (first.Zip(second, (a, b) => a * b).Sum(), Math.Sqrt(first.Sum(a => a * a) * second.Sum(b => b * b)));
            Assert.Equal(product, moments.Gram[one * width + other], 1e-11 * scale);
            Assert.Equal(moments.Gram[one * width + other], moments.Gram[other * width + one]);
        }
        Assert.Equal(rows.Max(MathF.Abs), moments.Largest.Max());
        Assert.Equal(rows.Average(value => (double)value * value), moments.RawMagnitudes.Average(magnitude => magnitude * magnitude),
            1e-11 * (1 + offset * offset));

        double[] Centred(int column)
        {
            double[] values = [.. Enumerable.Range(0, samples).Select(row => (double)rows[row * width + column])];
            var mean = values.Average();
            Assert.Equal(mean, moments.Means[column], 1e-12 * (1 + offset));
            return [.. values.Select(value => value - mean)];
        }
    }

    /// <summary>How many there are, and how many libtorch used in these threads before.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(450)]
    public void Threads_do_not_show_in_them(int width)
    {
        var rows = Rows(width, 3000, 1);
        OnManyThreads(1);
        var one = FeatureMoments.Of(3000, width, Reader(rows, width), threads: 1);
        OnManyThreads(4);
        var four = FeatureMoments.Of(3000, width, Reader(rows, width), threads: 4);
        Assert.Equal(one.Gram, four.Gram);
        Assert.Equal(one.Means, four.Means);

        void OnManyThreads(int libtorchThreads) => Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            torch.set_num_threads(libtorchThreads);
            using var matrix = torch.ones(200, 200);
            using var product = matrix.mm(matrix);
        });
    }

    [Fact]
    public void Products_with_labels_are_those_of_centred_columns()
    {
        const int width = 5, samples = 300;
        var rows = Rows(width, samples, 3);
        var moments = FeatureMoments.Of(samples, width, Reader(rows, width), 1);
        double[] labels = [.. Enumerable.Range(0, samples).Select(row => row - (samples - 1) / 2.0)];
        var products = FeatureMoments.Products(Reader(rows, width), moments.Means, labels);
        for (var unit = 0; unit < width; unit++)
            Assert.Equal(Enumerable.Range(0, samples).Sum(row => (rows[row * width + unit] - moments.Means[unit]) * labels[row]),
                products[unit], 1e-8);
    }

    [Fact]
    public void What_is_no_number_shows_in_the_means()
    {
        var rows = Rows(3, 50, 0);
        rows[70] = float.NaN;
        Assert.True(double.IsNaN(FeatureMoments.Of(50, 3, Reader(rows, 3), 1).Means.Sum()));
    }

    /// <summary>Two hundred directions and a wide matrix, whose eigenvectors libtorch finds.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(300)]
    public void Directions_make_the_matrix_again(int width)
    {
        const int rank = 30;
        var factors = Rows(width, rank, 0);
        var matrix = new double[width * width];
        for (var i = 0; i < width; i++)
            for (var j = 0; j < width; j++)
                for (var row = 0; row < rank; row++) matrix[i * width + j] += (double)factors[row * width + i] * factors[row * width + j];
        var (directions, squares) = (matrix.ToArray(), new double[width]);
        SymmetricMatrix.Decompose(directions, squares);
        Assert.All(squares, square => Assert.True(square >= 0));
        Assert.Equal(rank, squares.Count(square => square > 1e-9 * squares.Max()));
        for (var i = 0; i < width; i += 7)
            for (var j = 0; j < width; j += 5)
            {
                double made = 0;
                for (var index = 0; index < width; index++) made += squares[index] * directions[index * width
                    + i] * directions[index * width + j];
                Assert.Equal(matrix[i * width + j], made, 1e-9 * squares.Max());
            }
    }

    private static FeatureMoments.RowReader Reader(float[] rows, int width) =>
        (first, block) => rows.AsSpan(first * width, block.Length).CopyTo(block);

    private static float[] Rows(int width, int samples, double offset)
    {
        var random = new RandomStream(1, "moments");
        var rows = new float[width * samples];
        for (var place = 0; place < rows.Length; place++) rows[place] = (float)(offset + random.NextNormal() * (1 + place % width % 3));
        return rows;
    }
}
