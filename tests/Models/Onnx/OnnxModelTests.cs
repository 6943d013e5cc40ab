using System.Runtime.CompilerServices;
using TorchSharp;
using W2S.Data;
using W2S.Models.Onnx;
using W2S.Models.PyTorch;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>Real sentence encoders, by their weights in TorchSharp and by ONNX Runtime, on real sentences.</summary>
public sealed class OnnxModelTests
{
    [SkippableTheory]
    [InlineData("minilm", true)]
    [InlineData("arctic-xs", false)]
    public void TorchSharp_computes_what_ONNX_Runtime_does_on_200_real_sentences(string name, bool hasPooler)
    {
        var folder = Encoders(name);
        var tokenizer = TextTokenizer.Read(folder);
        var encoded = Sentences(200).Select(sentence => tokenizer.Encode(sentence, 128, out _)).OrderBy(ids => ids.Length).ToArray();
        var read = HuggingFaceFolder.Read(folder);
        Assert.Equal(
            new EncoderShape(30522, 384, 6, 12)
            {
                IntermediateSize = 1536, MaximumLength = 512, TokenTypes = 2, LayerNormEpsilon = 1e-12,
                Positions = PositionEncoding.Learned, WithoutPooler = !hasPooler,
            },
            read.Shape);
        using var model = new OnnxModel(Path.Combine(folder, "model.onnx"));
        using var encoder = new Encoder(read.Shape, read.Weights);
        encoder.eval();
        using var silent = no_grad();
        var largest = 0.0;
        foreach (var group in encoded.Chunk(25))
        {
            using var scope = NewDisposeScope();
            var tokens = Packed(group);
            var (values, length, width) = model.Run(tokens);
            var batch = TokenBatch.Of(tokens);
            var peer = batch.Packed(tensor(values, [tokens.Sequences, length, width]));
            var difference = batch.Packed(encoder.call(batch)).Plus(peer.neg()).abs().max().item<float>();
            largest = Math.Max(largest, difference);
        }
        Assert.InRange(largest, 1e-9, 1e-5);
    }

    [SkippableFact]
    public void Real_words_have_their_published_ids()
    {
        var tokenizer = TextTokenizer.Read(Encoders("minilm"));
        // As in the documentation of bert-base-uncased, whose vocabulary it is.
        Assert.Equal([101, 7592, 1010, 2088, 999, 102], tokenizer.Encode("Hello, World!", 128, out _));
        Assert.Equal(
            (101, 102, 0, 100, 103),
            (tokenizer.Tokens.Cls, tokenizer.Tokens.Sep, tokenizer.Tokens.Pad, tokenizer.Tokens.Unknown, tokenizer.Tokens.Mask));
    }

    [SkippableFact]
    public void Its_tensors_are_named_as_they_were_in_PyTorch()
    {
        var document = TensorFile.Read(
            Path.Combine(Encoders("minilm"), "model.onnx"), name => name.StartsWith("encoder.layer.5.", StringComparison.Ordinal));
        Assert.Equal("onnx", document.Format);
        Assert.Equal(16, document.Tensors.Count);
        Assert.Equal([1536L, 384], document.Tensors["encoder.layer.5.intermediate.dense.weight"].Shape);
    }

    [SkippableFact]
    public void Outputs_and_files_that_are_not_there_are_named()
    {
        var path = Path.Combine(Encoders("minilm"), "model.onnx");
        Assert.Contains(
            "has no output pooled. Its outputs are last_hidden_state, 924",
            Assert.Throws<UserErrorException>(() => new OnnxModel(path, "pooled")).Message);
        using var pooled = new OnnxModel(path, "924");
        Assert.Equal((false, 384), (pooled.HasTokens, pooled.Width));
        Assert.Contains("There is no file", Assert.Throws<UserErrorException>(() => new OnnxModel("nowhere.onnx")).Message);
    }

    [Fact]
    public void Damage_is_refused_or_harmless()
    {
        // ModelProto { ir_version 7, graph { initializer { dims 2, FLOAT, name "a.weight", raw } node Add } }
        byte[] tensor = [0x08, 2, 0x10, 1, 0x42, 8, .. "a.weight"u8, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] node = [0x0a, 1, (byte)'x', 0x12, 1, (byte)'y', 0x22, 3, .. "Add"u8];
        byte[] graph = [0x0a, (byte)node.Length, .. node, 0x2a, (byte)tensor.Length, .. tensor];
        byte[] whole = [0x08, 7, 0x3a, (byte)graph.Length, .. graph];
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, Read(whole)!.Tensors["a.weight"].Bytes);
        for (var length = 2; length < whole.Length; length++) Assert.Null(Read(whole[..length]));
        for (var bit = 16; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Read(damaged);
        }
    }

    /// <summary>Null where it is refused in the announced way.</summary>
    private static TensorDocument? Read(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return TensorFile.Read(new MemoryStream(bytes), "x", _ => true);
        }
        catch (InvalidDataException error)
        {
            Assert.StartsWith("x ", error.Message);
            return null;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        }
    }

    private static PackedTokens Packed(int[][] sequences)
    {
        var offsets = new int[sequences.Length + 1];
        for (var i = 0; i < sequences.Length; i++) offsets[i + 1] = offsets[i] + sequences[i].Length;
        return new PackedTokens([.. sequences.SelectMany(ids => ids)], offsets);
    }

    private static IEnumerable<string> Sentences(int count)
    {
        const string file = "text/ellipse_essays.csv.gz";
        var own = Environment.GetEnvironmentVariable("W2S_DATA") ?? Path.Combine(Root(), "data");
        var path = new DataFolders([own, Path.Combine(Root(), "..", "shared", "data")]).Find(file);
        Skip.If(path == null, $"{file} is not here.");
        return CsvTable.Read(path!, ["full_text"], count).Rows
            .SelectMany(row => row[0].Split(['.', '?', '!'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(sentence => sentence.Length > 20).Take(count);
    }

    private static string Encoders(string name)
    {
        var folder = Path.Combine(Root(), "checkpoints", "text", name);
        Skip.IfNot(File.Exists(Path.Combine(folder, "model.onnx")), $"{folder} is not here. ./run.sh setup text fetches it.");
        return folder;
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
