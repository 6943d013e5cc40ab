using System.Numerics.Tensors;
using TorchSharp;

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

    internal override int Blocks => single.Blocks;

    internal override UnfrozenEncoder Unfrozen(ILabelledTable table, int blocks, EncoderPrecision precision)
    {
        var pairs = (TextData)table;
        var all = pairs with { Texts = [.. pairs.Texts, .. pairs.Seconds!], Seconds = null };
        return single.Unfrozen(all, blocks, precision) with
        {
            OfPair = (u, v) =>
            {
                var difference = u.Plus(v.neg());
                return arePreferences ? difference : torch.cat([u, v, difference.abs()], 1);
            },
        };
    }

    protected override float[] Clean(ILabelledTable table) => Of(table).ToArray();

    private protected override TableFeatures Of(ILabelledTable table)
    {
        var pairs = (TextData)table;
        var (first, second) = (Of(pairs, "first"), Of(pairs with { Texts = pairs.Seconds! }, "second"));
        return new TableFeatures(pairs.Texts.Count, Width, (row, rows) =>
        {
            var count = rows.Length / Width;
            var (us, vs) = (new float[count * single.Width], new float[count * single.Width]);
            first.Read(0, row, us);
            second.Read(0, row, vs);
            for (var place = 0; place < count; place++)
                Combine(
                    us.AsSpan(place * single.Width, single.Width), vs.AsSpan(place * single.Width, single.Width),
                    rows.Slice(place * Width, Width));
        });
    }

    private void Combine(ReadOnlySpan<float> u, ReadOnlySpan<float> v, Span<float> pair)
    {
        if (arePreferences)
        {
            TensorPrimitives.Subtract(u, v, pair);
            return;
        }
        u.CopyTo(pair);
        v.CopyTo(pair[single.Width..]);
        var difference = pair[(2 * single.Width)..];
        TensorPrimitives.Subtract(u, v, difference);
        TensorPrimitives.Abs(difference, difference);
    }

    private FeatureRows Of(TextData texts, string part)
    {
        var alone = texts with { Seconds = null, Digest = Checksum.OfText($"{texts.Digest} {part}") };
        return single.Rows(new Examples.OfTable(0, alone, [[.. Enumerable.Range(0, alone.Texts.Count)]]));
    }
}
