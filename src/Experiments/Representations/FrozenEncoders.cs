using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>Encoders from files.</summary>
public static class FrozenEncoders
{
    /// <summary>Before the path of a checkpoint of MolBERT.</summary>
    public const string MolbertPrefix = "molbert:";

    /// <param name="reference">A Hugging Face folder of a BERT encoder (config.json, model.safetensors, vocab.txt), or molbert:PATH for a checkpoint of MolBERT's own code.</param>
    /// <exception cref="UserErrorException">There is none, it is damaged, or its vocabulary is that of no tokenizer here.</exception>
    public static FrozenEncoder Load(string reference) => reference.StartsWith(MolbertPrefix, StringComparison.OrdinalIgnoreCase)
        ? FromMolbert(reference[MolbertPrefix.Length..])
        : FromFolder(reference);

    /// <summary>What was pretrained, frozen.</summary>
    public static FrozenEncoder Of(string name, PretrainedEncoder encoder) =>
        new(name, $"pretrained on {string.Join(", ", encoder.Settings.Corpora)}", encoder.Shape, encoder.Weights, encoder.Settings.Tokenizer);

    /// <summary>What the encoder of a reference is called: the folder's own name, or molbert.</summary>
    internal static string NameOf(string reference) => reference.StartsWith(MolbertPrefix, StringComparison.OrdinalIgnoreCase)
        ? MolbertPrefix.TrimEnd(':')
        : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(reference)));

    /// <summary>The file with the weights.</summary>
    internal static string FileOf(string reference) => reference.StartsWith(MolbertPrefix, StringComparison.OrdinalIgnoreCase)
        ? reference[MolbertPrefix.Length..]
        : HuggingFaceFolder.WeightsIn(reference) ?? reference;

    private static FrozenEncoder FromMolbert(string path)
    {
        if (path.Length == 0) throw new UserErrorException($"{MolbertPrefix} needs the path of a checkpoint, as in {MolbertPrefix}molbert/version_0/checkpoints/last.ckpt.");
        var (shape, weights) = MolbertCheckpoint.Read(path);
        var vocabulary = MoleculeTokenizers.Find("molbert").VocabularySize;
        if (shape.VocabularySize != vocabulary)
            throw new UserErrorException($"{path} has word embeddings for {shape.VocabularySize} tokens, but MolBERT's tokenizer has {vocabulary}: it belongs to another tokenizer.");
        return new FrozenEncoder(NameOf(MolbertPrefix), $"from {path}", shape, weights, "molbert");
    }

    private static FrozenEncoder FromFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"There is no folder {folder}. Give the folder of an encoder ({HuggingFaceFolder.ConfigurationFile}, {HuggingFaceFolder.WeightsFile}, {HuggingFaceFolder.VocabularyFile}), such as one that pretrain --save wrote, or {MolbertPrefix}PATH for a checkpoint of MolBERT.");
        var (shape, weights, vocabulary) = HuggingFaceFolder.Read(folder);
        return new FrozenEncoder(NameOf(folder), $"from {folder}", shape, weights, TokenizerOf(vocabulary, folder));
    }

    private static string TokenizerOf(IReadOnlyList<string> vocabulary, string folder)
    {
        foreach (var name in MoleculeTokenizers.Names)
            if (MoleculeTokenizers.Find(name).Vocabulary.SequenceEqual(vocabulary)) return name;
        throw new UserErrorException(
            $"{Path.Combine(folder, HuggingFaceFolder.VocabularyFile)} has {vocabulary.Count} tokens, which are those of no tokenizer here ({string.Join(", ", MoleculeTokenizers.Names)}): this encoder reads something else than molecules, or cuts SMILES in another way. Give one that was pretrained with one of them.");
    }
}
