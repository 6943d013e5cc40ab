using System.Numerics.Tensors;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// Two texts of a row as one vector: u, v and |u − v| of what a representation says of each alone (Reimers and Gurevych 2019).
/// What reads one text reads pairs so, encoders and bags of words alike.
/// </summary>
/// <remarks>
/// Of preferences it is u − v. Heads w without a bias then are a score of each text, w·u and w·v, and the probability that the
/// first was chosen is the sigmoid of the scores' difference (Bradley and Terry 1952; reward models are trained so): whichever
/// stands first, the same text is preferred, with the same probability.
/// </remarks>
/// <param name="arePreferences">Whether one of the two was chosen.</param>
internal sealed class PairRepresentation(TableRepresentation single, bool arePreferences) : TableRepresentation
{
    public override string Name => single.Name;
    public override string Description => $"{single.Description}; of two texts {(arePreferences ? "u − v" : "u, v and |u − v|")}";
    public override int Width => arePreferences ? single.Width : 3 * single.Width;
    public override string Digest => single.Digest;
    public override Origin Origin => single.Origin;

    protected override float[] Clean(ILabelledTable table)
    {
        var pairs = (TextData)table;
        var (first, second) = (Of(pairs, "first"), Of(pairs with { Texts = pairs.Seconds! }, "second"));
        var features = new float[checked(pairs.Texts.Count * Width)];
        for (var row = 0; row < pairs.Texts.Count; row++)
        {
            var u = first.AsSpan(row * single.Width, single.Width);
            var v = second.AsSpan(row * single.Width, single.Width);
            var pair = features.AsSpan(row * Width, Width);
            if (arePreferences)
            {
                TensorPrimitives.Subtract(u, v, pair);
                continue;
            }
            u.CopyTo(pair);
            v.CopyTo(pair[single.Width..]);
            for (var column = 0; column < single.Width; column++) pair[2 * single.Width + column] = Math.Abs(u[column] - v[column]);
        }
        return Checked(features, table);
    }

    private float[] Of(TextData texts, string part)
    {
        var alone = texts with { Seconds = null, Digest = Checksum.OfText($"{texts.Digest} {part}") };
        return single.Features(new RowExamples(0, alone, [[.. Enumerable.Range(0, alone.Texts.Count)]])).Task(0).ToArray();
    }
}
