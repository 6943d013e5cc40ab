using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Models.Onnx;
using W2S.Training;
using W2S.Training.Fused;

namespace W2S.Bench;

/// <summary>
/// Mean-pooled features of MiniLM (6 layers of 384) of real texts: by the kernels, by the TorchSharp encoder and by ONNX Runtime, the
/// same batches for all. The kernels take sequences as they are; the others pad a batch to its longest.
/// </summary>
internal static class FeatureTimes
{
    private const int Batch = 32, Sentences = 256, Essays = 16;

    /// <summary>Where the encoder lies; null: it is not here.</summary>
    public static string? Encoder => Path.Combine(Repository.Root, "checkpoints", "text", "minilm") is var folder
        && File.Exists(Path.Combine(folder, "model.onnx")) ? folder : null;

    /// <param name="folder">Of the encoder.</param>
    /// <exception cref="UserErrorException">The essays are not here.</exception>
    public static void Print(string folder, int rounds, TextWriter writer, Action<string> say)
    {
        var (shape, weights, _) = HuggingFaceFolder.Read(folder);
        var peak = PeakSpeed.Measure(InstructionSets.Best);
        var corpora = Corpora(TextTokenizer.Read(folder), shape);
        writer.WriteLine(
            $"{"MiniLM, tokens a second",-36} {"W2S",9} {"of peak",9} {"W2S torch",10} {"ONNX Runtime",13} {"W2S/ONNX",11} "
            + $"{"torch/ONNX",11}");
        foreach (var threads in new[] { 1, 2 }.Where(threads => threads <= Environment.ProcessorCount))
            _ = threads > 1 ? Compare(threads) : Processors.Pinned(() => Compare(threads));

        bool Compare(int threads)
        {
            using var kernels = new FrozenEncoder.Kernels(shape, weights, EncoderPooling.Mean, threads);
            using var torch = new FrozenEncoder.Torch(shape, weights, EncoderPooling.Mean, "cpu", threads);
            using var onnx = new OnnxModel(Path.Combine(folder, "model.onnx"), threads: threads);
            // One thread's time is the processor's, which no neighbour changes.
            Func<Action, double> time = threads == 1 ? Times.OfProcessor : Times.Of;
            foreach (var (name, batches) in corpora)
            {
                var (own, torchs, onnxs) = (new Times(), new Times(), new Times());
                var tokens = batches.Sum(batch => batch.Tokens.Length);
                for (var round = 0; round <= rounds; round++)
                {
                    var (one, two, three) = (Of(kernels.Read), Of(torch.Read), time(() => batches.ForEach(batch => onnx.Run(batch))));
                    if (round == 0) continue; // not of compiled code
                    own.Add(one);
                    torchs.Add(two);
                    onnxs.Add(three);
                    say($"{name}, {threads} of {Environment.ProcessorCount} cores, round {round} of {rounds}");
                }
                var share = batches.Sum(batch => Operations(shape, batch)) / own.Least / threads / (peak * 1e9);
                writer.WriteLine(
                    $"{$"{name}, {(threads == 1 ? "one core" : "two cores")}",-36} {tokens / own.Median,9:N0} {share,9:P0} "
                    + $"{tokens / torchs.Median,10:N0} {tokens / onnxs.Median,13:N0} {Ratio(onnxs, own),11} {Ratio(onnxs, torchs),11}");

                double Of(Func<PackedTokens, SequenceReader.Progress, float[]> read) => time(() =>
                {
                    using var silent = new SequenceReader.Progress("", tokens, RunServices.Silent, "tokens");
                    foreach (var batch in batches) read(batch, silent);
                });
            }
            return true;
        }
    }

    private static string Ratio(Times theirs, Times ours) => $"{theirs.Median / ours.Median:F2}/{theirs.Least / ours.Least:F2}";

    private static IReadOnlyList<(string Name, List<PackedTokens> Batches)> Corpora(TextTokenizer tokenizer, EncoderShape shape)
    {
        var texts = TextDataSet.Find("essays")!.Load(DataFolders.Usual(), null, asClasses: false).Texts;
        var sentences = texts.SelectMany(
            text => text.Split(['.', '?', '!'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(sentence => sentence.Length > 20).Take(Sentences);
        var (some, whole) = (Tokens(sentences), Tokens(texts.Take(Essays)));
        int[] asTheyCome = [.. Enumerable.Range(0, some.Sequences)];
        return
        [
            ($"{Sentences} sentences", Batches(some, SequenceReader.Order(some))),
            ($"{Sentences} as they come", Batches(some, asTheyCome)),
            ($"{Essays} essays", Batches(whole, SequenceReader.Order(whole))),
        ];

        PackedTokens Tokens(IEnumerable<string> taken) =>
            PackedTokens.Of([.. taken.Select(text => tokenizer.Encode(text, shape.MaximumLength, out _))]);
    }

    private static List<PackedTokens> Batches(PackedTokens tokens, int[] order) =>
        [.. order.Chunk(Batch).Select(some => tokens.Pick(some))];

    /// <summary>Of matrix products, multiply-adds as two; padding is none.</summary>
    private static double Operations(EncoderShape shape, PackedTokens tokens) => Enumerable.Range(0, tokens.Sequences).Sum(sequence =>
    {
        double length = tokens.Length(sequence), hidden = shape.HiddenSize;
        return shape.Layers * length * (8 * hidden * hidden + 4 * hidden * shape.IntermediateSize + 4 * length * hidden);
    });
}
