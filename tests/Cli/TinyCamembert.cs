using System.Text;
using System.Text.Json.Nodes;
using W2S.Models;

namespace W2S.Tests.Cli;

/// <summary>A folder such as camembert-base, but tiny and untrained: RoBERTa's names and positions, a SentencePiece model.</summary>
internal static class TinyCamembert
{
    // Positions begin behind the padding token's id, 1.
    private const int FirstPosition = 2;

    /// <param name="words">That it knows.</param>
    public static void Write(string folder, IReadOnlyList<string> words)
    {
        Directory.CreateDirectory(folder);
        (string Piece, byte Type)[] pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("▁", 1), .. words.Select(word => ("▁" + word, (byte)1))];
        File.WriteAllBytes(Path.Combine(folder, "sentencepiece.bpe.model"), [.. pieces.SelectMany(piece => Piece(piece.Piece, piece.Type))]);
        // <s>NOTUSED, <pad>, </s>NOTUSED, <unk> and <unk>NOTUSED stand before its pieces, <mask> behind.
        var shape = new EncoderShape(5 + pieces.Length - 1 + 1, HiddenSize: 16, Layers: 2, Heads: 2)
        {
            IntermediateSize = 32, MaximumLength = 30, TokenTypes = 1, Positions = PositionEncoding.Learned, LayerNormEpsilon = 1e-5,
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["model_type"] = "camembert", ["vocab_size"] = shape.VocabularySize, ["hidden_size"] = shape.HiddenSize,
            ["num_hidden_layers"] = shape.Layers, ["num_attention_heads"] = shape.Heads, ["intermediate_size"] = shape.IntermediateSize,
            ["max_position_embeddings"] = shape.MaximumLength + FirstPosition, ["type_vocab_size"] = shape.TokenTypes,
            ["pad_token_id"] = FirstPosition - 1, ["layer_norm_eps"] = shape.LayerNormEpsilon,
        }.ToJsonString());
        var tensors = EncoderWeights.InitialiseEncoder(shape, 1, "tiny camembert").ToTensors().Select(tensor => tensor.Name.EndsWith(
            "position_embeddings.weight", StringComparison.Ordinal)
            ? tensor with
            {
                Shape = [shape.MaximumLength + FirstPosition, shape.HiddenSize],
                Bytes = [.. new byte[FirstPosition * shape.HiddenSize * sizeof(float)], .. tensor.Bytes],
            }
            : tensor);
        Safetensors.Write(
            Path.Combine(folder, "model.safetensors"), [.. tensors.Select(tensor => tensor with { Name = "roberta." + tensor.Name })]);
    }

    /// <summary>ModelProto.pieces: its text, its score, its type (1 ordinary, 2 unknown, 3 control).</summary>
    private static byte[] Piece(string piece, byte type)
    {
        var text = Encoding.UTF8.GetBytes(piece);
        byte[] message = [0x0a, (byte)text.Length, .. text, 0x15, .. BitConverter.GetBytes(-1f), 0x18, type];
        return [0x0a, (byte)message.Length, .. message];
    }
}
