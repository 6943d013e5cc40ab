using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>Which texts an encoder is pretrained on, and in which pieces; of no account where it reads molecules.</summary>
public sealed record EncoderTextOptions
{
    [Description("The columns of texts in files that are tables, one or two. Empty: files have a text on each line.")]
    public IReadOnlyList<string> Columns { get; init; } = [];

    [Description("Whether files are tables whose rows are evaluated, as those of the named data sets are: only texts in the train part of "
        + "every split are learned from.")]
    public bool TrainingPart { get; init; }

    [Description("A file that divides the rows of such a table. Empty: the random splits of the seeds 0, 1 and 2, which studies take too.")]
    public string Splits { get; init; } = "";

    [Description("The column of identifiers by which that file finds its rows; empty: they belong together by their places.")]
    public string Id { get; init; } = "";

    [Description("Tokens of the WordPiece vocabulary that is learned from these texts.")]
    [Range(30, 1_000_000)]
    public int VocabularySize { get; init; } = 4000;

    [Description("A vocabulary instead: a vocab.txt, or a Hugging Face folder with one, whose case is taken over. Empty: it is learned.")]
    public string Vocabulary { get; init; } = "";

    [Description("Whether texts are read in lower case.")]
    public bool LowerCase { get; init; } = true;

    [Description("Whether accents stay in lower case, where BERT drops them.")]
    public bool KeepAccents { get; init; }
}
