namespace W2S.Models;

/// <summary>
/// How one of BERT's relatives writes what BERT has: its keys in `config.json`, what an absent one means, and its names of
/// tensors. Sources: the configuration and modelling files of Hugging Face's transformers, 4.x.
/// </summary>
/// <param name="ModelTypes">Values of model_type.</param>
/// <param name="Prefix">Before the encoder's names in files of task models: "bert.".</param>
internal sealed record HuggingFaceFamily(string[] ModelTypes, string Prefix)
{
    public const string VocabularySize = "vocab_size", HiddenSize = "hidden_size", Layers = "num_hidden_layers",
        Heads = "num_attention_heads",
        IntermediateSize = "intermediate_size", MaximumLength = "max_position_embeddings", TokenTypes = "type_vocab_size",
        LayerNormEpsilon = "layer_norm_eps",
        Activation = "hidden_act", EmbeddingSize = "embedding_size", DistanceBuckets = "relative_attention_num_buckets",
        PadId = "pad_token_id";

    private static readonly Dictionary<string, double> BertDefaults = new()
    {
        [VocabularySize] = 30522, [HiddenSize] = 768, [Layers] = 12, [Heads] = 12, [IntermediateSize] = 3072, [MaximumLength] = 512,
        [TokenTypes] = 2, [LayerNormEpsilon] = 1e-12, [PadId] = 0, [EmbeddingSize] = 0, [DistanceBuckets] = 0,
    };

    public static readonly HuggingFaceFamily Bert = new(["bert"], "bert.");

    public static readonly IReadOnlyList<HuggingFaceFamily> All =
    [
        Bert,
        new(["roberta", "camembert", "xlm-roberta"], "roberta.")
        {
            Defaults = Changed((VocabularySize, 50265), (PadId, 1)), PositionsFollowPadding = true,
        },
        new(["distilbert"], "distilbert.")
        {
            OwnKeys = new()
            {
                [HiddenSize] = "dim", [Layers] = "n_layers", [Heads] = "n_heads", [IntermediateSize] = "hidden_dim",
                [Activation] = "activation",
                ["attention_probs_dropout_prob"] = "attention_dropout", ["hidden_dropout_prob"] = "dropout",
            },
            FixedEpsilon = 1e-12, HasTokenTypes = false, HasPooler = false,
            Renamed =
            [
                ("encoder.layer.", "transformer.layer."), (".attention.self.query.", ".attention.q_lin."),
                (".attention.self.key.", ".attention.k_lin."),
                (".attention.self.value.", ".attention.v_lin."), (".attention.output.dense.", ".attention.out_lin."),
                (".attention.output.LayerNorm.", ".sa_layer_norm."), (".intermediate.dense.", ".ffn.lin1."),
                (".output.dense.", ".ffn.lin2."),
                (".output.LayerNorm.", ".output_layer_norm."),
            ],
        },
        new(["electra"], "electra.")
        {
            Defaults = Changed((HiddenSize, 256), (Heads, 4), (IntermediateSize, 1024), (EmbeddingSize, 128)), HasPooler = false,
        },
        new(["mpnet"], "mpnet.")
        {
            Defaults = Changed((VocabularySize, 30527), (DistanceBuckets, 32), (PadId, 1)), PositionsFollowPadding = true,
            HasTokenTypes = false,
            Renamed =
            [
                (".attention.self.query.", ".attention.attn.q."), (".attention.self.key.", ".attention.attn.k."),
                (".attention.self.value.", ".attention.attn.v."),
                (".attention.output.dense.", ".attention.attn.o."), (".attention.output.LayerNorm.", ".attention.LayerNorm."),
            ],
        },
    ];

    /// <summary>The one of <see cref="ModelTypes"/> that is meant.</summary>
    public string ModelType { get; init; } = ModelTypes[0];

    /// <summary>What an absent key means.</summary>
    public Dictionary<string, double> Defaults { get; init; } = BertDefaults;

    /// <summary>BERT's keys where the family has others.</summary>
    public Dictionary<string, string> OwnKeys { get; init; } = [];

    /// <summary>Fairseq's positions: the first token has the row after the padding token's id.</summary>
    public bool PositionsFollowPadding { get; init; }

    public bool HasTokenTypes { get; init; } = true;

    public bool HasPooler { get; init; } = true;

    /// <summary>A LayerNorm's epsilon that is no setting.</summary>
    public double? FixedEpsilon { get; init; }

    /// <summary>Parts of BERT's names and what stands for them, in this order.</summary>
    public (string Bert, string Own)[] Renamed { get; init; } = [];

    /// <summary>The family of a model_type; null: none that W2S knows.</summary>
    public static HuggingFaceFamily? Find(string modelType) =>
        All.FirstOrDefault(family => family.ModelTypes.Contains(modelType)) is { } family ? family with { ModelType = modelType } : null;

    /// <summary>The first family whose arithmetic a shape is.</summary>
    /// <exception cref="ArgumentException">No class has all that it has.</exception>
    public static HuggingFaceFamily Of(EncoderShape shape) =>
        Find((shape.EmbeddingWidth != shape.HiddenSize, shape.DistanceBuckets > 0) switch
        {
            (false, false) => "bert",
            (true, false) when shape.WithoutPooler => "electra",
            (false, true) when shape.TokenTypes == 1 => "mpnet",
            _ => throw new ArgumentException(
                "No class of encoders has narrower embeddings with a pooler, or distances between tokens with segments."),
        })!;

    /// <summary>Whether an encoder of the family can have this shape.</summary>
    public bool Has(EncoderShape shape) =>
        (HasTokenTypes || shape.TokenTypes == 1) && (HasPooler || shape.WithoutPooler)
        && (Defaults[EmbeddingSize] > 0 || shape.EmbeddingWidth == shape.HiddenSize)
        && (Defaults[DistanceBuckets] > 0 == shape.DistanceBuckets > 0)
        && (FixedEpsilon ?? shape.LayerNormEpsilon) == shape.LayerNormEpsilon;

    /// <summary>For messages: "bert", "roberta", …</summary>
    public static string AllModelTypes => string.Join(", ", All.SelectMany(family => family.ModelTypes).Select(name => $"\"{name}\""));

    /// <summary>As transformers calls its class.</summary>
    public string Architecture => ModelType switch
    {
        "bert" => "BertModel",
        "roberta" => "RobertaModel",
        "camembert" => "CamembertModel",
        "xlm-roberta" => "XLMRobertaModel",
        "distilbert" => "DistilBertModel",
        "electra" => "ElectraModel",
        "mpnet" => "MPNetModel",
        _ => throw new InvalidOperationException($"The class of {ModelType} has no name here."),
    };

    /// <summary>The padding token's id in folders that are written.</summary>
    public int PadIdWritten => (int)Defaults[PadId];

    /// <summary>Its key for one of BERT's.</summary>
    public string Key(string bert) => OwnKeys.GetValueOrDefault(bert, bert);

    /// <summary>Its name for one of <see cref="EncoderParameter"/>.</summary>
    public string NameOf(string parameter) =>
        Renamed.Aggregate(parameter, (name, change) => name.Replace(change.Bert, change.Own, StringComparison.Ordinal));

    private static Dictionary<string, double> Changed(params (string Key, double Value)[] changes)
    {
        var defaults = new Dictionary<string, double>(BertDefaults);
        foreach (var (key, value) in changes) defaults[key] = value;
        return defaults;
    }
}
