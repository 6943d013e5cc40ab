using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>
/// Against BERT written plainly in PyTorch, from the exported folder: so names, layout and arithmetic are checked at once.
/// </summary>
public class EncoderPeerTests
{
    private const double Tolerance = 1e-5;

    private static readonly (string Name, EncoderShape Shape, int[] Lengths)[] Cases =
    [
        ("MolBERT's tiny preset", EncoderExamples.Small, [7, 3, 12, 1]),
        ("learned positions", EncoderExamples.Small with { Positions = PositionEncoding.Learned, MaximumLength = 20 }, [7, 20, 12]),
        ("one head, one layer, no padding", new EncoderShape(10, 6, 1, 1) { LayerNormEpsilon = 1e-5 }, [5, 5]),
        ("a weak model of the paper", new EncoderShape(42, 96, 2, 2), [60, 128, 2, 33, 34]),
        ("deeper, with more heads and segments", new EncoderShape(50, 64, 4, 8) { IntermediateSize = 100, TokenTypes = 3 }, [17, 40, 23]),
    ];

    [SkippableFact]
    public void Vectors_pooled_vectors_means_and_heads_are_those_of_the_peer()
    {
        BertPeer.SkipWithoutIt();
        using var folder = new TemporaryFolder();
        using var silent = no_grad();
        foreach (var (name, shape, lengths) in Cases)
        {
            using var scope = NewDisposeScope();
            var own = Export(folder[name], shape, TokenBatch.Of(EncoderExamples.Tokens(shape, lengths)));
            Safetensors.Write(Path.Combine(own, "heads.safetensors"), Heads(shape).ToTensors());
        }

        BertPeer.Call(["forward", .. Cases.SelectMany(one => new[] { folder[one.Name], folder[one.Name + ".out"] })]);

        foreach (var (name, shape, lengths) in Cases)
        {
            using var scope = NewDisposeScope();
            using var encoder = new Encoder(shape, EncoderExamples.Weights(shape));
            using var heads = new PretrainingHeads(shape, Heads(shape));
            var batch = TokenBatch.Of(EncoderExamples.Tokens(shape, lengths));
            var expected = Safetensors.Read(folder[name + ".out"]).Tensors;

            var vectors = encoder.call(batch);
            var pooled = encoder.Pooled(vectors);

            BertPeer.AssertClose(Packed(expected["tokens"], batch), batch.Packed(vectors), Tolerance);
            BertPeer.AssertClose(Packed(expected["masked"], batch), heads.MaskedTokens(batch.Packed(vectors)), Tolerance);
            BertPeer.AssertClose(expected["pooled"], pooled, Tolerance);
            BertPeer.AssertClose(expected["mean"], batch.Mean(vectors), Tolerance);
            BertPeer.AssertClose(expected["descriptors"], heads.DescriptorsOf(pooled), Tolerance);
            BertPeer.AssertClose(expected["same"], heads.SameMolecule(pooled), Tolerance);
        }
    }

    [SkippableFact]
    public void Gradients_of_all_parameters_are_those_of_the_peer()
    {
        BertPeer.SkipWithoutIt();
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var shape = EncoderExamples.Small with { Positions = PositionEncoding.Learned, MaximumLength = 20 };
        var batch = TokenBatch.Of(EncoderExamples.Tokens(shape, 7, 20, 12));
        BertPeer.Call("gradients", Export(folder["model"], shape, batch), folder["gradients"]);
        using var encoder = new Encoder(shape, EncoderExamples.Weights(shape));
        var parameters = encoder.named_parameters().ToDictionary(named => named.name, named => named.parameter);

        var vectors = encoder.call(batch);
        (vectors * batch.Mask!.to(float32).unsqueeze(2)).Squared().mul(vectors.sigmoid()).sum()
            .Plus(encoder.Pooled(vectors).sum()).backward();

        var expected = Safetensors.Read(folder["gradients"]).Tensors;
        foreach (var parameter in EncoderParameter.OfEncoder(shape))
        {
            var own = parameters[parameter.Name].grad!;
            var largest = expected[parameter.Name].As<float>().ToArray().Max(Math.Abs);
            // Keys' biases shift all logits of a row alike: their true gradient is 0, and what is found is rounding.
            BertPeer.AssertClose(expected[parameter.Name], own, 1e-4 * Math.Max(1, largest));
            Assert.True(own.isfinite().all().ToBoolean());
        }
    }

    [SkippableFact]
    public void Gradients_of_last_blocks_above_frozen_ones_are_those_of_the_peer_and_reach_no_further()
    {
        BertPeer.SkipWithoutIt();
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var shape = EncoderExamples.Small with { Layers = 3, Positions = PositionEncoding.Learned, MaximumLength = 20 };
        var batch = TokenBatch.Of(EncoderExamples.Tokens(shape, 7, 20, 12));
        BertPeer.Call("gradients", Export(folder["model"], shape, batch), folder["gradients"]);
        var expected = Safetensors.Read(folder["gradients"]).Tensors;
        var weights = EncoderExamples.Weights(shape);
        foreach (var trained in new[] { 1, 2, 3 })
        {
            var lower = shape with { Layers = 3 - trained, WithoutPooler = true };
            using var below = new Encoder(lower, weights.Only(EncoderParameter.OfEncoder(lower)));
            var own = EncoderParameter.OfBlocks(shape, trained, withPooler: true);
            using var blocks = new Encoder.Blocks(shape, trained, weights.Only(own), device: null);

            var vectors = blocks.Forward(below.call(batch).detach(), below.AttentionBias(batch));
            var masked = vectors.mul(batch.Mask!.to(float32).unsqueeze(2));
            masked.Squared().mul(vectors.sigmoid()).sum().Plus(blocks.Pooled(vectors).sum()).backward();

            var found = blocks.named_parameters().ToDictionary(named => named.name, named => named.parameter.grad!);
            Assert.Equal(own.Select(parameter => parameter.Name).Order(), found.Keys.Order());
            foreach (var (name, gradient) in found)
                BertPeer.AssertClose(expected[name], gradient, 1e-4 * Math.Max(1, expected[name].As<float>().ToArray().Max(Math.Abs)));
            Assert.All(below.parameters(), parameter => Assert.True(parameter.grad is null));
        }
    }

    private static EncoderWeights Heads(EncoderShape shape) => EncoderExamples.Weights(EncoderParameter.OfHeads(shape, 11, true), seed: 2);

    private static string Export(string folder, EncoderShape shape, TokenBatch batch)
    {
        new HuggingFaceFolder(
            shape, EncoderExamples.Weights(shape), [.. Enumerable.Range(0, shape.VocabularySize).Select(id => $"t{id}")]).Write(folder);
        BertPeer.WriteTokens(folder, batch);
        return folder;
    }

    private static NamedTensor Packed(NamedTensor padded, TokenBatch batch)
    {
        var packed = batch.Packed(tensor(padded.As<float>().ToArray(), padded.Shape));
        return NamedTensor.Of(padded.Name, packed.data<float>().ToArray(), packed.shape);
    }
}
