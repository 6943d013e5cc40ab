using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

public class EncoderTests
{
    private static readonly EncoderShape Shape = EncoderExamples.Small;
    private static readonly EncoderWeights Weights = EncoderExamples.Weights(Shape);

    [Theory]
    [InlineData(PositionEncoding.Sinusoidal)]
    [InlineData(PositionEncoding.Learned)]
    public void Parameters_have_the_names_shapes_values_and_order_of_the_weights(PositionEncoding positions)
    {
        var shape = Shape with { Positions = positions };
        var weights = EncoderExamples.Weights(shape);
        using var encoder = new Encoder(shape, weights);
        var named = encoder.named_parameters().ToList();
        Assert.Equal(weights.Parameters.Select(parameter => parameter.Name), named.Select(pair => pair.name));
        foreach (var (stored, (_, parameter)) in weights.ToTensors().Zip(named))
        {
            Assert.Equal(stored.Shape, parameter.shape);
            Assert.Equal(stored.As<float>().ToArray(), parameter.detach().data<float>().ToArray());
            Assert.True(parameter.requires_grad && parameter.is_leaf);
        }
        Assert.Equal(weights.Values, encoder.ToWeights().Values);
    }

    [Fact]
    public void Padding_changes_no_vector()
    {
        var tokens = EncoderExamples.Tokens(Shape, 30, 1, 12, 5);
        var together = Vectors(tokens);
        for (var sequence = 0; sequence < tokens.Sequences; sequence++)
        {
            var alone = Vectors(tokens.Pick([sequence]));
            AssertClose(
                alone.Tokens,
                together.Tokens[(tokens.Offsets[sequence] * Shape.HiddenSize)..(tokens.Offsets[sequence + 1] * Shape.HiddenSize)]);
            AssertClose(alone.Pooled, together.Pooled[(sequence * Shape.HiddenSize)..((sequence + 1) * Shape.HiddenSize)]);
            AssertClose(alone.Mean, together.Mean[(sequence * Shape.HiddenSize)..((sequence + 1) * Shape.HiddenSize)]);
        }
    }

    [Fact]
    public void Gradients_of_a_large_batch_repeat_to_the_bit()
    {
        // From 32,768 numbers on libtorch adds the gradients of indexed rows by several threads, in whatever order they come.
        var tokens = EncoderExamples.Tokens(Shape, [.. Enumerable.Repeat(30, 300)]);
        Assert.True(tokens.Offsets[^1] * Shape.HiddenSize > 2 * 32_768);
        var first = WordGradients(tokens);
        for (var round = 0; round < 10; round++) Assert.Equal(first, WordGradients(tokens));
    }

    [Fact]
    public void What_stands_in_the_padding_is_never_looked_at()
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        using var encoder = new Encoder(Shape, Weights);
        var batch = TokenBatch.Of(EncoderExamples.Tokens(Shape, 9, 4));
        var rubbish = new TokenBatch(
            where(batch.Mask!, batch.Ids, full_like(batch.Ids, Held.Of(41))), where(batch.Mask!, batch.Types!, ones_like(batch.Ids)),
            batch.Mask);
        Assert.Equal(Floats(batch.Packed(encoder.call(batch))), Floats(rubbish.Packed(encoder.call(rubbish))));
    }

    [Fact]
    public void A_batch_in_any_order_gives_the_same_vectors()
    {
        var tokens = EncoderExamples.Tokens(Shape, 4, 19, 8, 8, 27, 2);
        var inOrder = Vectors(tokens);
        for (var round = 0; round < 10; round++)
        {
            var order = new int[tokens.Sequences];
            new Data.RandomStream(round, "order").Permutation(order);
            var shuffled = Vectors(tokens.Pick(order));
            var expectedTokens = order.SelectMany(sequence =>
                inOrder.Tokens[(tokens.Offsets[sequence] * Shape.HiddenSize)..(tokens.Offsets[sequence + 1] * Shape.HiddenSize)]);
            var expectedPooled = order.SelectMany(
                sequence => inOrder.Pooled[(sequence * Shape.HiddenSize)..((sequence + 1) * Shape.HiddenSize)]);
            AssertClose([.. expectedTokens], shuffled.Tokens);
            AssertClose([.. expectedPooled], shuffled.Pooled);
        }
    }

    [Fact]
    public void Where_a_token_stands_and_in_which_segment_matters()
    {
        var tokens = EncoderExamples.Tokens(Shape, 8);
        var reversed = tokens with { Tokens = [tokens.Tokens[0], .. tokens.Tokens[1..].Reverse()] };
        Assert.NotEqual(Vectors(tokens).Pooled, Vectors(reversed).Pooled);
        Assert.NotEqual(
            Vectors(tokens).Pooled, Vectors(tokens with { Types = [.. tokens.Types!.Select(type => (byte)(1 - type))] }).Pooled);
        Assert.Equal(
            Vectors(tokens with { Types = null }).Pooled, Vectors(tokens with { Types = new byte[8] }).Pooled,
            (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Gradients_are_finite_and_reach_every_parameter()
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(Shape, EncoderWeights.InitialiseEncoder(Shape, 0, "encoder"), Encoder.BertDropout);
        manual_seed(1);
        var batch = TokenBatch.Of(EncoderExamples.Tokens(Shape, 30, 1, 12));
        var vectors = encoder.call(batch);
        batch.Mean(vectors).Squared().mul(encoder.Pooled(vectors).add(Held.One, Held.One)).sum()
            .Plus(batch.Packed(vectors).pow(Held.Of(3)).sum()).backward();
        foreach (var (name, parameter) in encoder.named_parameters())
            Assert.True(parameter.grad!.abs().sum().ToSingle() is > 0 and < float.PositiveInfinity, name);
    }

    [Fact]
    public void Dropout_acts_while_training_only_and_is_repeated_by_its_seed()
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        using var dropping = new Encoder(Shape, Weights, Encoder.BertDropout);
        using var plain = new Encoder(Shape, Weights);
        var batch = TokenBatch.Of(EncoderExamples.Tokens(Shape, 9, 4));
        float[] Seeded(long seed)
        {
            manual_seed(seed);
            return Floats(dropping.call(batch));
        }
        Assert.Equal(Seeded(1), Seeded(1));
        Assert.NotEqual(Seeded(1), Seeded(2));
        dropping.eval();
        Assert.Equal(Floats(plain.call(batch)), Floats(dropping.call(batch)));
    }

    [Fact]
    public void What_it_cannot_read_is_refused()
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(Shape with { MaximumLength = 10 }, Weights);
        Assert.Contains(
            "11 tokens; this encoder reads at most 10",
            Assert.Throws<ArgumentException>(() => encoder.call(TokenBatch.Of(EncoderExamples.Tokens(Shape, 3, 11)))).Message);
        Assert.Contains(
            "token 42 is not in this encoder's vocabulary of 42",
            Assert.Throws<ArgumentException>(() => encoder.call(TokenBatch.Of(new PackedTokens([1, 42], [0, 2])))).Message);
        Assert.Contains(
            "Sequence 1 has no token", Assert.Throws<ArgumentException>(() => TokenBatch.Of(new PackedTokens([1, 2], [0, 2, 2]))).Message);
        Assert.Contains(
            "embeddings.word_embeddings.weight [42, 16] where embeddings.word_embeddings.weight [42, 18]",
            Assert.Throws<ArgumentException>(() => new Encoder(Shape with { HiddenSize = 18 }, Weights)).Message);
        Assert.Contains(
            "no multiple of the 3 heads", Assert.Throws<ArgumentException>(() => new Encoder(Shape with { Heads = 3 }, Weights)).Message);
    }

    [Fact]
    public void Only_its_result_outlives_a_forward_pass()
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(Shape, Weights);
        var batch = TokenBatch.Of(EncoderExamples.Tokens(Shape, 9, 4));
        var before = scope.DisposablesCount;
        var vectors = encoder.call(batch);
        Assert.Equal(before + 1, scope.DisposablesCount);
        _ = (encoder.Pooled(vectors), batch.Mean(vectors), batch.Packed(vectors));
        Assert.Equal(before + 4, scope.DisposablesCount);
    }

    [Fact]
    public void Disposing_of_it_frees_everything()
    {
        using var scope = NewDisposeScope();
        var encoder = new Encoder(Shape, Weights);
        var parameter = encoder.parameters().First();
        encoder.Dispose();
        Assert.Throws<InvalidOperationException>(() => parameter.shape);
        Assert.Equal(0, scope.DisposablesCount);
    }

    private static (float[] Tokens, float[] Pooled, float[] Mean) Vectors(PackedTokens tokens)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        using var encoder = new Encoder(Shape, Weights);
        var batch = TokenBatch.Of(tokens);
        var vectors = encoder.call(batch);
        return (Floats(batch.Packed(vectors)), Floats(encoder.Pooled(vectors)), Floats(batch.Mean(vectors)));
    }

    private static float[] WordGradients(PackedTokens tokens)
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(Shape, Weights);
        var vectors = encoder.call(TokenBatch.Of(tokens));
        (vectors * vectors).sum().backward();
        return Floats(encoder.named_parameters().Single(pair => pair.name == EncoderParameter.WordEmbeddings).parameter.grad!);
    }

    private static float[] Floats(Tensor values) => values.contiguous().data<float>().ToArray();

    private static void AssertClose(float[] expected, float[] found) => Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) <= 1e-5);

    [Fact]
    public void Bfloat16_rounds_products_and_nothing_more()
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        using var single = new Encoder(Shape, Weights);
        using var half = new Encoder(Shape, Weights, precision: EncoderPrecision.BFloat16);
        var batch = TokenBatch.Of(new PackedTokens([1, 8, 9, 10, 2, 1, 9, 2], [0, 5, 8]));
        var (exact, rounded) = (batch.Packed(single.call(batch)), batch.Packed(half.call(batch)));
        Assert.Equal(ScalarType.Float32, rounded.dtype);
        var difference = (exact - rounded).abs().max().ToDouble() / exact.abs().max().ToDouble();
        Assert.InRange(difference, 1e-6, 3e-2); // a bfloat16 has 8 bits: 0.4 % a product
    }
}
