using System.Diagnostics;
using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>Encoders that have learned nothing, and molecules to read with them.</summary>
internal static class TinyEncoders
{
    private const string Python = "/usr/bin/python3";

    public static readonly MoleculeData Synthetic = MoleculeDataSet.Named("synthetic-smiles").Load(new DataFolders(["."]));

    public static readonly MoleculeData Few = Of([.. Synthetic.Smiles.Take(100)]);

    /// <param name="deviation">Of the weights, greater than BERT's 0.02, so that molecules differ.</param>
    public static FrozenEncoder Make(string tokenizer = "smiles", int hidden = 8, int layers = 2, int maximumLength = 160, PositionEncoding positions = PositionEncoding.Sinusoidal, long seed = 1, double deviation = 0.3)
    {
        var shape = new EncoderShape(MoleculeTokenizers.Find(tokenizer).VocabularySize, hidden, layers, Heads: 2) { MaximumLength = maximumLength, Positions = positions };
        var weights = EncoderWeights.InitialiseEncoder(shape, seed, "tiny encoder");
        foreach (var parameter in weights.Parameters.Where(parameter => parameter.Shape.Length == 2))
            foreach (ref var value in weights[parameter.Name]) value *= (float)(deviation / 0.02);
        return new FrozenEncoder($"tiny-{hidden}", "untrained", shape, weights, tokenizer);
    }

    /// <summary>Writes it as a Hugging Face folder.</summary>
    public static string Save(FrozenEncoder encoder, string folder)
    {
        new HuggingFaceFolder(encoder.Shape, encoder.Weights, MoleculeTokenizers.Find(encoder.Tokenizer).Vocabulary).Write(folder);
        return folder;
    }

    /// <summary>A table of these molecules, the labels being their numbers.</summary>
    public static MoleculeData Of(params string[] smiles) =>
        new(Synthetic.Set, "mine.csv", smiles, [.. smiles.Select((_, row) => (double)row)], new Dictionary<int, TableSplit>())
        {
            Digest = Checksum.OfText(string.Join('\n', smiles)),
        };

    /// <summary>A checkpoint such as MolBERT's own code saves, by PyTorch: 16 wide, 2 layers.</summary>
    public static string SaveMolbert(string folder)
    {
        Skip.IfNot(File.Exists(Python) && Start("-c", "import torch, numpy") == 0, $"{Python} with torch and numpy is absent.");
        Assert.Equal(0, Start(Path.Combine(AppContext.BaseDirectory, "bert_peer.py"), "molbert", folder, "16", "2", "2", "32"));
        return Path.Combine(folder, "version_0", "checkpoints", "last.ckpt");
    }

    private static int Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
