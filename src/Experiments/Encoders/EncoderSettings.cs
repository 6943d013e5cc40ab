using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>
/// Everything that decides a pretrained encoder's weights: its identity, and the config.yaml of its folder. The defaults are
/// a weak model of 2405.15116, section 5.2 (2 layers, 2 heads, 2 epochs); what that paper leaves open is our choice.
/// </summary>
public sealed record EncoderSettings
{
    [Description("Seed of every random stream: initial weights, order of the examples, masking.")]
    [Range(0, long.MaxValue)]
    public long Seed { get; init; }

    /// <summary>The tokenizer of texts.</summary>
    internal const string WordPiece = "wordpiece";

    [Description("smiles (SMILES as they are written) or molbert (MolBERT's 42 tokens, kekulised SMILES) for molecules; "
        + "wordpiece for texts.")]
    public string Tokenizer { get; init; } = "smiles";

    [Description("What it is pretrained on: prepared corpora by name or folder, data sets by name, files, or synthetic-smiles.")]
    public IReadOnlyList<string> Corpora { get; init; } = ["guacamol-v1-valid"];

    [Description("SHA-256 of each corpus, and of the sets that are left out of it; filled in when it is read.")]
    public IReadOnlyList<string> CorpusDigests { get; init; } = [];

    [Description("Which texts it is pretrained on, and in which pieces, where the tokenizer is wordpiece.")]
    public TextOptions Text { get; init; } = new();

    [Description("Whether the physico-chemical descriptors are predicted, where a corpus has them.")]
    public bool Descriptors { get; init; } = true;

    [Description("Whether pairs of one molecule are told from others; needs a corpus prepared with renumberings.")]
    public bool SameMolecule { get; init; }

    [Description("Width of a token's vector, and of the features.")]
    [Range(2, 4096)]
    public int Hidden { get; init; } = 32;

    [Description("Transformer layers.")]
    [Range(1, 100)]
    public int Layers { get; init; } = 2;

    [Description("Attention heads in each layer.")]
    [Range(1, 100)]
    public int Heads { get; init; } = 2;

    [Description("Width of the feed-forward blocks; 0 means four times hidden.")]
    [Range(0, 16384)]
    public int Intermediate { get; init; }

    [Description("The longest sequence in tokens, [CLS] and [SEP] counted; "
        + "longer molecules are left out of pretraining, longer texts cut into parts.")]
    [Range(3, 512)]
    public int MaximumLength { get; init; } = 300;

    [Description("Sinusoidal (MolBERT's, fixed) or learned.")]
    public PositionEncoding Positions { get; init; } = PositionEncoding.Sinusoidal;

    [Description("Share of the molecules or texts that are held out, to measure on: the same ones whatever else a corpus has.")]
    [Range(0.0, 0.5)]
    public double HeldOut { get; init; } = 0.01;

    [Description("Optimiser, schedule and duration.")]
    public EncoderPretrainingOptions Pretraining { get; init; } = new();

    /// <summary>Whether it reads texts, and no molecules.</summary>
    public bool ReadsTexts => Tokenizer == WordPiece;

    /// <param name="vocabulary">Tokens of the tokenizer.</param>
    public EncoderShape Shape(int vocabulary) => new(vocabulary, Hidden, Layers, Heads)
    {
        IntermediateSize = Intermediate == 0 ? 4 * Hidden : Intermediate,
        MaximumLength = MaximumLength,
        Positions = Positions,
    };

    /// <summary>With files that are not where the settings say, but where they were seen from <paramref name="folder"/>.</summary>
    internal EncoderSettings LookedForIn(string? folder) =>
        this with
        {
            Corpora = [.. Corpora.Select(corpus => LookedFor(corpus, folder))],
            Text = Text with
            {
                Splits = LookedFor(Text.Splits, folder), Vocabulary = LookedFor(Text.Vocabulary, folder),
            },
        };

    /// <summary>The path, or where it is seen from the folder when it is not where it says.</summary>
    internal static string LookedFor(string path, string? folder) =>
        folder != null && path != "" && !Path.Exists(path) && Path.Combine(folder, path) is var seen && Path.Exists(seen) ? seen : path;

    /// <summary>Which texts an encoder is pretrained on, and in which pieces; of no account where it reads molecules.</summary>
    public sealed record TextOptions
    {
        [Description("The columns of texts in files that are tables, one or two. Empty: files have a text on each line.")]
        public IReadOnlyList<string> Columns { get; init; } = [];

        [Description("Whether files are tables whose rows are evaluated, as those of the named data sets are: only texts in the train part "
            + "of every split are learned from.")]
        public bool TrainingPart { get; init; }

        [Description("A file that divides the rows of such a table. Empty: "
            + "the random splits of the seeds 0, 1 and 2, which studies take too.")]
        public string Splits { get; init; } = "";

        [Description("The column of identifiers by which that file finds its rows; empty: they belong together by their places.")]
        public string Id { get; init; } = "";

        [Description("Tokens of the WordPiece vocabulary that is learned from these texts.")]
        [Range(30, 1_000_000)]
        public int VocabularySize { get; init; } = 4000;

        [Description("A vocabulary instead: a vocab.txt, or a Hugging Face folder with one, whose case is taken over. Empty: "
            + "it is learned.")]
        public string Vocabulary { get; init; } = "";

        [Description("Whether texts are read in lower case.")]
        public bool LowerCase { get; init; } = true;

        [Description("Whether accents stay in lower case, where BERT drops them.")]
        public bool KeepAccents { get; init; }
    }
}
