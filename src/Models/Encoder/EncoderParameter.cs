namespace W2S.Models;

/// <summary>
/// One parameter's place in the flat array of <see cref="EncoderWeights"/>, and the order of all that an encoder and the heads
/// that it is pretrained with have: the same for every engine and file.
/// </summary>
/// <param name="Name">As in Hugging Face's BertModel: "encoder.layer.0.attention.self.query.weight".</param>
/// <param name="Shape">Row-major; matrices are [out, in] as in nn.Linear.</param>
/// <param name="Offset">Of the first element, in floats.</param>
public sealed record EncoderParameter(string Name, long[] Shape, int Offset)
{
    /// <summary>[vocabulary, embedding width].</summary>
    public const string WordEmbeddings = "embeddings.word_embeddings.weight";

    /// <summary>[positions, embedding width]; there where positions are learned.</summary>
    public const string PositionEmbeddings = "embeddings.position_embeddings.weight";

    /// <summary>[token types, embedding width].</summary>
    public const string TypeEmbeddings = "embeddings.token_type_embeddings.weight";

    /// <summary>[distance buckets, heads]; there where attention knows distances (MPNet).</summary>
    public const string DistanceBias = "encoder.relative_attention_bias.weight";

    /// <summary>Its numbers.</summary>
    public int Length => (int)Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether AdamW decays it: not biases and not LayerNorms (MolBERT, as in BERT's own training).</summary>
    public bool IsDecayed => !Name.EndsWith(".bias", StringComparison.Ordinal) && !Name.Contains("LayerNorm", StringComparison.Ordinal);

    /// <summary>
    /// Those of BertModel, the pooler included where there is one; ELECTRA's and MPNet's under the names that they have
    /// there.
    /// </summary>
    public static IReadOnlyList<EncoderParameter> OfEncoder(EncoderShape shape)
    {
        long hidden = shape.HiddenSize, embedding = shape.EmbeddingWidth;
        var list = new List();
        list.Add(WordEmbeddings, shape.VocabularySize, embedding);
        if (shape.Positions == PositionEncoding.Learned) list.Add(PositionEmbeddings, shape.MaximumLength, embedding);
        list.Add(TypeEmbeddings, shape.TokenTypes, embedding);
        list.LayerNorm("embeddings.LayerNorm", embedding);
        if (embedding != hidden) list.Linear("embeddings_project", hidden, embedding);
        if (shape.DistanceBuckets > 0) list.Add(DistanceBias, shape.DistanceBuckets, shape.Heads);
        for (var layer = 0; layer < shape.Layers; layer++) list.Layer(shape, layer);
        if (!shape.WithoutPooler) list.Linear("pooler.dense", hidden, hidden);
        return list.Parameters;
    }

    /// <summary>Those of an encoder's last layers alone, and of its pooler where that is read; their offsets start at 0.</summary>
    internal static IReadOnlyList<EncoderParameter> OfBlocks(EncoderShape shape, int blocks, bool withPooler)
    {
        var list = new List();
        for (var layer = shape.Layers - blocks; layer < shape.Layers; layer++) list.Layer(shape, layer);
        if (withPooler) list.Linear("pooler.dense", shape.HiddenSize, shape.HiddenSize);
        return list.Parameters;
    }

    /// <summary>Those of the pretraining heads, under MolBERT's names without "model.tasks.N."; their offsets start at 0.</summary>
    /// <param name="descriptors">Outputs of the descriptor head; 0: there is none.</param>
    /// <param name="sameMolecule">Whether there is a head that tells pairs of one molecule from others.</param>
    public static IReadOnlyList<EncoderParameter> OfHeads(EncoderShape shape, int descriptors, bool sameMolecule)
    {
        long hidden = shape.HiddenSize;
        var list = new List();
        list.Linear("masked_lm_head.transform.dense", hidden, hidden);
        list.LayerNorm("masked_lm_head.transform.LayerNorm", hidden);
        list.Linear("masked_lm_head.decoder", shape.VocabularySize, hidden);
        if (descriptors > 0)
        {
            list.Linear("physchem_head.physchem_clf.1", hidden, hidden);
            list.Linear("physchem_head.physchem_clf.3", descriptors, hidden);
        }
        if (sameMolecule)
        {
            list.Linear("is_same_head.is_same_clf.1", hidden, hidden);
            list.Linear("is_same_head.is_same_clf.3", 2, hidden);
        }
        return list.Parameters;
    }

    private sealed class List
    {
        private int _offset;

        public List<EncoderParameter> Parameters { get; } = [];

        public void Layer(EncoderShape shape, int layer)
        {
            long hidden = shape.HiddenSize, intermediate = shape.IntermediateSize;
            var prefix = $"encoder.layer.{layer}";
            foreach (var map in (string[])["query", "key", "value"]) Linear($"{prefix}.attention.self.{map}", hidden, hidden);
            Linear($"{prefix}.attention.output.dense", hidden, hidden);
            LayerNorm($"{prefix}.attention.output.LayerNorm", hidden);
            Linear($"{prefix}.intermediate.dense", intermediate, hidden);
            Linear($"{prefix}.output.dense", hidden, intermediate);
            LayerNorm($"{prefix}.output.LayerNorm", hidden);
        }

        public void Linear(string name, long outputs, long inputs)
        {
            Add($"{name}.weight", outputs, inputs);
            Add($"{name}.bias", outputs);
        }

        public void LayerNorm(string name, long width)
        {
            Add($"{name}.weight", width);
            Add($"{name}.bias", width);
        }

        public void Add(string name, params long[] shape)
        {
            var parameter = new EncoderParameter(name, shape, _offset);
            Parameters.Add(parameter);
            _offset += parameter.Length;
        }
    }
}
