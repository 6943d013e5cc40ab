namespace W2S.Models.Tests;

public class EncoderShapeTests
{
    [Fact]
    public void The_sines_of_positions_come_first_and_the_cosines_after_them()
    {
        const int hidden = 6;
        var table = Table(128, hidden);
        for (var position = 0; position < 128; position++)
        for (var i = 0; i < hidden / 2; i++)
        {
            var angle = position * Math.Pow(10_000, -2.0 * i / hidden);
            Assert.Equal(Math.Sin(angle), table[position * hidden + i], 1e-5);
            Assert.Equal(Math.Cos(angle), table[position * hidden + hidden / 2 + i], 1e-5);
        }
    }

    [Fact]
    public void A_longer_table_of_positions_begins_with_a_shorter_one() =>
        Assert.Equal(Table(10, 16), Table(300, 16)[..160]);

    private static float[] Table(int positions, int hidden) =>
        new EncoderShape(VocabularySize: 5, hidden, Layers: 1, Heads: 1) { MaximumLength = positions }.SinusoidalPositions();
}
