using System.Text;

namespace W2S.Data;

/// <summary>
/// BERT's `vocab.txt`, one token a line in the order of ids, which an exported Hugging Face folder has beside its weights.
/// </summary>
/// <remarks>
/// It tells which row of the word embeddings is which token. Hugging Face's own BertTokenizer reads it but cuts text at
/// blanks and punctuation, not as SMILES: ids for that model come from the tokenizer here.
/// </remarks>
public static class VocabularyFile
{
    /// <summary>The file's name in an encoder's folder.</summary>
    public const string Name = "vocab.txt";

    /// <summary>Writes `vocab.txt` into a folder, which must exist.</summary>
    /// <exception cref="IOException">It cannot be written; an older file is unchanged.</exception>
    public static void Write(string folder, IMoleculeTokenizer tokenizer)
    {
        var text = new StringBuilder();
        foreach (var token in tokenizer.Vocabulary) text.Append(token).Append('\n');
        AtomicFile.WriteAllText(Path.Combine(folder, Name), text.ToString());
    }
}
