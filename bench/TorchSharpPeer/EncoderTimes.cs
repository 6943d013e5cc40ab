using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharpPeer;

/// <summary>
/// A masked-token step and pooled features of an encoder: each batch is padded to its longest sequence, and the head reads the asked tokens
/// only.
/// </summary>
internal static class EncoderTimes
{
    public static PeerTimes Measure(string folder, double seconds)
    {
        var given = JsonSerializer.Deserialize<Case>(File.ReadAllBytes(Path.Combine(folder, "case.json")), JsonSerializerOptions.Web)!;
        var shape = given.Shape;
        var model = new Bert(shape.Vocabulary, shape.Hidden, shape.Layers, shape.Heads, shape.Intermediate, shape.Longest, shape.Types);
        Load(model, [.. given.Encoder, .. given.Heads], Path.Combine(folder, "parameters.bin"));
        Batch[] batches = [.. given.Batches.Select(Pad)];
        var optimiser = AdamW(model, given.Rate);
        float[] losses = [.. batches.Select(batch => Step(model, optimiser, batch))];
        return new PeerTimes(
            new()
            {
                ["step"] = MedianOfABatch(batch => Step(model, optimiser, batch)),
                ["features"] = MedianOfABatch(batch => Features(model, batch)),
            },
            new() { ["encoder"] = losses });

        double MedianOfABatch(Action<Batch> work) => PeerTimes.Median(seconds, () => Array.ForEach(batches, work)) / batches.Length;
    }

    private static float Step(Bert model, optim.Optimizer optimiser, Batch batch)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        var loss = model.MaskedLoss(model.forward(batch.Tokens, batch.Mask), batch.Masked);
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    private static void Features(Bert model, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        model.Pooled(model.forward(batch.Tokens, batch.Mask));
    }

    /// <summary>BERT's: biases and LayerNorms are not decayed.</summary>
    private static AdamW AdamW(Bert model, double rate)
    {
        var decayed = model.Parameters().ToLookup(
            named => !named.Name.EndsWith(".bias", StringComparison.Ordinal)
                && !named.Name.Contains("LayerNorm", StringComparison.Ordinal),
            named => named.Parameter);
        return optim.AdamW(
            [
                new AdamW.ParamGroup(decayed[true], lr: rate, weight_decay: 0.01),
                new AdamW.ParamGroup(decayed[false], lr: rate, weight_decay: 0),
            ]);
    }

    /// <summary>Float32 values, one parameter after another in the order of the names.</summary>
    private static void Load(Bert model, string[] names, string file)
    {
        using var silent = no_grad();
        var parameters = model.Parameters().ToDictionary(named => named.Name, named => named.Parameter);
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file));
        foreach (var name in names)
        {
            var count = (int)parameters[name].numel();
            parameters[name].copy_(tensor(values[..count].ToArray(), parameters[name].shape));
            values = values[count..];
            parameters.Remove(name);
        }
        if (parameters.Count > 0 || values.Length > 0)
            throw new InvalidDataException($"{file} and the model do not have the same parameters.");
    }

    private static Batch Pad(PackedBatch packed)
    {
        var sequences = packed.Offsets.Length - 1;
        var longest = packed.Offsets.Zip(packed.Offsets.Skip(1), (start, end) => end - start).Max();
        var (tokens, masked, mask) = (new long[sequences * longest], new long[sequences * longest], new bool[sequences * longest]);
        Array.Fill(masked, -1);
        for (var sequence = 0; sequence < sequences; sequence++)
            for (var position = 0; position < packed.Offsets[sequence + 1] - packed.Offsets[sequence]; position++)
            {
                var (to, from) = (sequence * longest + position, packed.Offsets[sequence] + position);
                (tokens[to], masked[to], mask[to]) = (packed.Tokens[from], packed.Masked[from], true);
            }
        return new Batch(tensor(tokens, [sequences, longest]), tensor(mask, [sequences, longest]), tensor(masked, [sequences, longest]));
    }

    /// <summary>All [sequences, longest].</summary>
    private sealed record Batch(Tensor Tokens, Tensor Mask, Tensor Masked);

    private sealed record Case(Shape Shape, string[] Encoder, string[] Heads, double Rate, PackedBatch[] Batches);

    private sealed record Shape(int Vocabulary, int Hidden, int Layers, int Heads, int Intermediate, int Longest, int Types);

    private sealed record PackedBatch(int[] Tokens, int[] Offsets, int[] Masked);
}
