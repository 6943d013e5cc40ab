using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>
/// The fused encoder against definitions in double precision and against itself; <see cref="FusedEncoderPeerTests"/> compares with
/// PyTorch.
/// </summary>
public sealed class FusedEncoderTests
{
    public static TheoryData<InstructionSet> Sets => FusedCases.InstructionSets;

    private static EncoderCase Small(int seed = 1, int[]? lengths = null) => new(
        new EncoderShape(19, 12, 2, 2) { IntermediateSize = 20, MaximumLength = 30, Positions = PositionEncoding.Learned },
        lengths ?? [7, 3, 11, 1], 5, true, seed);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Loss_and_gradients_are_those_of_the_definition(InstructionSet instructions)
    {
        var problem = Small();
        var (tokens, targets) = problem.Batches[0];
        var (losses, encoder, heads) = problem.Gradients(instructions);
        var exact = new DoublePrecisionEncoder(problem.Shape, problem.Encoder, problem.Heads);
        Assert.Equal(exact.TotalLoss(tokens, targets), losses.Total, 2e-6 * losses.Total);

        foreach (var gradient in (EncoderWeights[])[encoder, heads])
            foreach (var parameter in gradient.Parameters)
            {
                var values = gradient[parameter.Name].ToArray();
                var scale = Math.Max(1e-3, values.Max(Math.Abs));
                foreach (var index in Enumerable.Range(0, 3).Select(part => part * (values.Length - 1) / 2).Distinct())
                {
                    const double step = 1e-4;
                    var place = exact[parameter.Name];
                    var before = place[index];
                    place[index] = before + step;
                    var above = exact.TotalLoss(tokens, targets);
                    place[index] = before - step;
                    var difference = (above - exact.TotalLoss(tokens, targets)) / (2 * step);
                    place[index] = before;
                    Assert.True(
                        Math.Abs(difference - values[index]) < 2e-5 * scale,
                        $"{parameter.Name}[{index}]: {values[index]}, not {difference}");
                }
            }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Neither_the_size_of_blocks_nor_the_number_of_parts_changes_a_result_beyond_rounding(InstructionSet instructions)
    {
        var problem = Small(2, [9, 30, 1, 17, 8]);
        var (whole, encoder, heads) = problem.Gradients(instructions);
        foreach (var (blockTokens, parts) in ((int, int)[])[(1, 1), (256, 2), (10, 3), (256, 7)]) // seven: two have nothing to do
        {
            var (divided, encoderDivided, headsDivided) = problem.Gradients(instructions, blockTokens, parts);
            Assert.Equal(whole.Total, divided.Total, 1e-6 * whole.Total);
            Assert.Equal(
                (whole.AskedTokens, whole.RightTokens, whole.RightPairs), (divided.AskedTokens, divided.RightTokens, divided.RightPairs));
            Assert.True(Difference(encoder.Values, encoderDivided.Values) < 3e-6);
            Assert.True(Difference(heads.Values, headsDivided.Values) < 3e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Features_of_a_sequence_do_not_depend_on_the_batch_around_it(InstructionSet instructions)
    {
        var problem = Small(3, [9, 30, 1, 17]);
        var tokens = problem.Batches[0].Tokens;
        using var fused = problem.Load(instructions);
        foreach (var pooling in Enum.GetValues<EncoderPooling>())
        {
            var together = fused.Features(tokens, pooling);
            for (var sequence = 0; sequence < tokens.Sequences; sequence++)
            {
                var range = tokens.Offsets[sequence]..tokens.Offsets[sequence + 1];
                var alone = fused.Features(
                    new PackedTokens(tokens.Tokens[range], [0, tokens.Length(sequence)], tokens.Types![range]), pooling);
                Assert.Equal(together.AsSpan(sequence * 12, 12).ToArray(), alone);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Gradients_add_up_over_calls_by_their_weights(InstructionSet instructions)
    {
        var problem = Small(4);
        var (tokens, targets) = problem.Batches[0];
        var (_, once, _) = problem.Gradients(instructions);
        using var fused = problem.Load(instructions);
        fused.AddGradients(tokens, targets, 0.25);
        fused.AddGradients(tokens, targets, 0.75);
        var twice = new EncoderWeights(once.Parameters);
        fused.StoreGradients(twice);
        Assert.True(Difference(once.Values, twice.Values) < 1e-6);
    }

    [Fact]
    public void A_step_is_AdamW_on_clipped_gradients_with_decay_groups()
    {
        var problem = Small(5);
        var (tokens, targets) = problem.Batches[0];
        using var fused = problem.Load(InstructionSets.Best);
        var expected = new EncoderWeights[] { problem.Encoder, problem.Heads }.Select(
            weights => weights.Values.Select(value => (double)value).ToArray()).ToArray();
        var moments = expected.Select(values => (First: new double[values.Length], Second: new double[values.Length])).ToArray();
        var (encoder, heads) = (new EncoderWeights(problem.Encoder.Parameters), new EncoderWeights(problem.Heads.Parameters));
        for (var step = 0; step < 3; step++)
        {
            var options = new OptimiserOptions { LearningRate = 1e-2 / (step + 1), WeightDecay = 0.1, MaxGradNorm = 0.5 };
            fused.AddGradients(tokens, targets);
            fused.StoreGradients(encoder, heads);
            var norm = Math.Sqrt(encoder.Values.Concat(heads.Values).Sum(value => (double)value * value));
            Assert.Equal(norm, fused.Step(options, step, options.LearningRate), 1e-5 * norm);
            Assert.True(norm > 0.5);
            foreach (var (gradient, part) in ((EncoderWeights[])[encoder, heads]).Select((gradient, part) => (gradient, part)))
                foreach (var parameter in gradient.Parameters)
                    for (var index = parameter.Offset; index < parameter.Offset + parameter.Length; index++)
                        PlainAdamW.Update(
                            parameter.IsDecayed ? options : options with { WeightDecay = 0 }, step, ref expected[part][index],
                            ref moments[part].First[index], ref moments[part].Second[index], gradient.Values[index] * 0.5 / (norm + 1e-6));
        }
        fused.Store(encoder, heads);
        foreach (var (weights, part) in ((EncoderWeights[])[encoder, heads]).Select((weights, part) => (weights, part)))
            for (var index = 0; index < weights.Values.Length; index++) Assert.Equal(expected[part][index], weights.Values[index], 3e-6);
    }

    [Fact]
    public void Training_that_continues_from_stored_weights_and_moments_takes_the_same_steps_to_the_bit()
    {
        var problem = Small(6);
        var (tokens, targets) = problem.Batches[0];
        using var straight = problem.Load(InstructionSets.Best);
        for (var step = 0; step < 6; step++) Train(straight, step);

        EncoderWeights Encoder() => new(problem.Encoder.Parameters);
        EncoderWeights Heads() => new(problem.Heads.Parameters);
        var (encoder, heads, moments) = (Encoder(), Heads(), (Encoder(), Encoder(), Heads(), Heads()));
        using (var first = problem.Load(InstructionSets.Best))
        {
            for (var step = 0; step < 3; step++) Train(first, step);
            first.Store(encoder, heads);
            first.StoreMoments(moments.Item1, moments.Item2, moments.Item3, moments.Item4);
        }
        using var second = new FusedEncoder(problem.Shape, problem.Descriptors, true);
        second.Load(encoder, heads);
        second.LoadMoments(moments.Item1, moments.Item2, moments.Item3, moments.Item4);
        for (var step = 3; step < 6; step++) Train(second, step);

        var (expected, found) = (Encoder(), Encoder());
        straight.Store(expected);
        second.Store(found);
        Assert.Equal(expected.Values, found.Values);

        void Train(FusedEncoder fused, int step)
        {
            fused.AddGradients(tokens, targets);
            fused.Step(new OptimiserOptions(), step, rate: 1e-3);
        }
    }

    [Fact]
    public void A_batch_that_does_not_fit_the_encoder_is_refused()
    {
        using var fused = Small().Load(InstructionSets.Best);
        Refused(new PackedTokens([1, 19], [0, 2]), new EncoderTargets(null), "token at 1 is 19");
        Refused(new PackedTokens(new int[31], [0, 31]), new EncoderTargets(null), "31 tokens");
        Refused(new PackedTokens([1, 2], [0, 0, 2]), new EncoderTargets(null), "0 tokens");
        Refused(new PackedTokens([1, 2], [0, 2], [0, 2]), new EncoderTargets(null), "type at 1 is 2");
        Refused(new PackedTokens([1, 2], [0, 2]), new EncoderTargets([-1]), "1 masked-token targets");
        Refused(new PackedTokens([1, 2], [0, 2]), new EncoderTargets([-1, 19]), "target is 19");
        Refused(new PackedTokens([1, 2], [0, 2]), new EncoderTargets(null, [1, 2]), "2 descriptors");
        Refused(new PackedTokens([1, 2], [0, 2]), new EncoderTargets(null, null, [2]), "label is 2");

        void Refused(PackedTokens tokens, EncoderTargets targets, string reason) =>
            Assert.Contains(
                reason, Assert.Throws<ArgumentException>(() => fused.AddGradients(tokens, targets)).Message, StringComparison.Ordinal);
    }

    public static double Difference(IReadOnlyList<float> a, IReadOnlyList<float> b)
    {
        var (most, scale) = (0.0, 0.0);
        for (var index = 0; index < a.Count; index++)
            (most, scale) = (Math.Max(most, Math.Abs(a[index] - b[index])), Math.Max(scale, Math.Abs(a[index])));
        return most / scale;
    }
}
