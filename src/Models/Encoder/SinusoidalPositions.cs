namespace W2S.Models;

/// <summary>The fixed table behind <see cref="PositionEncoding.Sinusoidal"/>: one definition for every engine and file.</summary>
internal static class SinusoidalPositions
{
    private const double Base = 10_000;

    /// <summary>f_i = 10000^(−2i/H), [hidden / 2], in float32: MolBERT's `inv_freq`, which its checkpoints hold.</summary>
    public static float[] InverseFrequencies(int hidden) =>
        [.. Enumerable.Range(0, hidden / 2).Select(i => 1 / (float)Math.Pow(Base, 2.0 * i / hidden))];

    /// <summary>[positions, hidden], row-major: sin(p·f_i) for all i, then cos(p·f_i).</summary>
    /// <remarks>
    /// The angle is rounded to float32 before its sine is taken, as MolBERT does: at position 127 that moves the sine by up to 4e-6.
    /// </remarks>
    public static float[] Table(int positions, int hidden)
    {
        var frequencies = InverseFrequencies(hidden);
        var table = new float[positions * hidden];
        for (var position = 0; position < positions; position++)
        {
            var row = table.AsSpan(position * hidden, hidden);
            for (var i = 0; i < frequencies.Length; i++)
            {
                var angle = (double)(position * frequencies[i]);
                row[i] = (float)Math.Sin(angle);
                row[frequencies.Length + i] = (float)Math.Cos(angle);
            }
        }
        return table;
    }
}
