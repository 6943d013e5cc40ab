using W2S.Data;

namespace W2S.Training.Tests;

public class SymmetricMatrixTests
{
    [Fact]
    public void Vectors_are_orthonormal_and_rebuild_the_matrix()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new RandomStream(seed, "eigen");
            var size = 1 + random.NextInt(40);
            var matrix = Gram(random, size, rank: 1 + random.NextInt(2 * size), scale: Math.Pow(10, random.NextInt(40) - 20));
            var vectors = matrix.ToArray();
            var values = new double[size];
            SymmetricMatrix.Decompose(vectors, values);

            var largest = values.Max();
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++)
                {
                    double rebuilt = 0, product = 0;
                    for (var k = 0; k < size; k++)
                    {
                        rebuilt += values[k] * vectors[k * size + row] * vectors[k * size + column];
                        product += vectors[row * size + k] * vectors[column * size + k];
                    }
                    Assert.Equal(matrix[row * size + column], rebuilt, 1e-12 * largest);
                    // Directions of eigenvalues that are rounding are rounding too.
                    if (values[row] > 1e-10 * largest && values[column] > 1e-10 * largest)
                        Assert.Equal(
                            row == column ? 1 : 0, product,
                            1e-4 * Math.Min(1, 1e-7 * largest / Math.Min(values[row], values[column])) + 1e-11);
                }
        }
    }

    [Fact]
    public void A_diagonal_matrix_gives_its_diagonal()
    {
        double[] matrix = [4, 0, 0, 0, 0, 0, 0, 0, 1e-9];
        var values = new double[3];
        SymmetricMatrix.Decompose(matrix, values);
        Assert.Equal([4, 0, 1e-9], values);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 1], matrix);
    }

    [Fact]
    public void A_zero_matrix_has_only_zero_eigenvalues()
    {
        var values = new double[] { 7, 7 };
        SymmetricMatrix.Decompose(new double[4], values);
        Assert.Equal([0, 0], values);
    }

    private static double[] Gram(RandomStream random, int size, int rank, double scale)
    {
        var matrix = new double[size * size];
        for (var sample = 0; sample < rank; sample++)
        {
            var row = new double[size];
            foreach (ref var value in row.AsSpan()) value = random.NextNormal();
            for (var i = 0; i < size; i++)
                for (var j = 0; j < size; j++)
                    matrix[i * size + j] += scale * (row[i] * row[j]);
        }
        return matrix;
    }
}
