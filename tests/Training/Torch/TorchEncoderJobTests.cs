using TorchSharp;
using W2S.Data;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class TorchEncoderJobTests
{
    private static readonly EncoderShape Shape = new(VocabularySize: 42, HiddenSize: 16, Layers: 2, Heads: 2);
    private static readonly EncoderWeights Weights = EncoderWeights.InitialiseEncoder(Shape, 0, "encoder");
    private static readonly EncoderWeights HeadWeights = EncoderWeights.InitialiseHeads(
        Shape, descriptors: 5, sameMolecule: true, 0, "heads");

    // Two molecules of different lengths.
    private static readonly EncoderBatch Masked = new(new PackedTokens([1, 8, 3, 10, 2, 1, 3, 2], [0, 5, 8]), [2, 3, 6], [9, 10, 11]);

    [Fact]
    public void The_loss_is_the_sum_of_the_mean_losses_of_what_is_asked_for()
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        using var encoder = new Encoder(Shape, Weights);
        using var heads = new PretrainingHeads(Shape, HeadWeights);
        var described = Masked with { Descriptors = rand([2, 5]).data<float>().ToArray() };
        var batch = TokenBatch.Of(Masked.Tokens);
        var vectors = encoder.call(batch);
        var pooled = encoder.Pooled(vectors);
        var tokens = heads.MaskedTokens(batch.Packed(vectors)).log_softmax(1).data<float>().ToArray();
        var pairs = heads.SameMolecule(pooled).log_softmax(1).data<float>().ToArray();
        var found = heads.DescriptorsOf(pooled).data<float>().ToArray();

        var ofTokens = -(tokens[2 * 42 + 9] + tokens[3 * 42 + 10] + tokens[6 * 42 + 11]) / 3.0;
        var ofDescriptors = found.Zip(described.Descriptors).Average(pair => Math.Pow(pair.First - pair.Second, 2));
        var ofPairs = -(pairs[1] + pairs[2]) / 2.0;

        Assert.Equal(ofTokens, TorchEncoderJob.Loss.Of(encoder, heads, Masked).Sum().ToDouble(), 1e-5);
        Assert.Equal(ofTokens + ofDescriptors, TorchEncoderJob.Loss.Of(encoder, heads, described).Sum().ToDouble(), 1e-5);
        var paired = described with { SameMolecule = [1, 0] };
        Assert.Equal(ofTokens + ofDescriptors + ofPairs, TorchEncoderJob.Loss.Of(encoder, heads, paired).Sum().ToDouble(), 1e-5);
    }

    [Fact]
    public void A_batch_without_hidden_tokens_has_no_loss_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(Shape, Weights);
        using var heads = new PretrainingHeads(Shape, HeadWeights);
        using var parameters = new FlatParameters(encoder);
        var loss = TorchEncoderJob.Loss.Of(encoder, heads, Masked with { Positions = [], Labels = [] }).Sum();
        loss.backward();
        Assert.Equal(0, loss.ToDouble());
        Assert.Equal(0, parameters.Gradients.abs().sum().ToDouble());
    }

    [Fact]
    public void Descent_along_the_gradient_learns_what_a_neighbour_tells()
    {
        // Every molecule repeats one of 8 tokens: who ignores the neighbours of a hidden one pays ln 8 = 2.1 nats for it.
        var random = new RandomStream(0, "molecules");
        var corpus = new PackedTokens([.. Enumerable.Range(0, 64).SelectMany(_ =>
        {
            var token = 4 + random.NextInt(8);
            return (int[])[1, token, token, token, token, token, token, 2];
        })], [.. Enumerable.Range(0, 65).Select(molecule => molecule * 8)]);
        var masking = new TokenMasking(new EncoderPretrainingOptions.MaskingOptions { RandomShare = 0 }, Shape.VocabularySize, 0);
        int[] all = [.. Enumerable.Range(0, 64)];
        var shape = Shape with { Positions = PositionEncoding.Learned };
        using var encoder = new Encoder(shape, EncoderWeights.InitialiseEncoder(shape, 0, "encoder"));
        using var heads = new PretrainingHeads(shape, HeadWeights);
        using var parameters = new FlatParameters(encoder, heads);
        var options = new OptimiserOptions { LearningRate = 5e-3 };
        using var optimiser = new AdamW(parameters.Values, options);

        var losses = new double[200];
        for (var step = 0; step < losses.Length; step++)
        {
            using var scope = NewDisposeScope();
            var loss = TorchEncoderJob.Loss.Of(encoder, heads, masking.Mask(corpus, all, epoch: step)).Sum();
            loss.backward();
            losses[step] = loss.ToDouble();
            optimiser.Step(parameters.Gradients, step);
            parameters.Gradients.zero_();
        }

        Assert.InRange(losses[0], 3.4, 4.2);
        Assert.InRange(losses[^20..].Average(), 0, 1);
    }
}
