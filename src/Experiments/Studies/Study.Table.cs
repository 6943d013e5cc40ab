using System.ComponentModel;

namespace W2S.Experiments;

public sealed partial record Study
{
    /// <summary>How tables of one's own are read: labels, features and splits in files.</summary>
    public sealed record TableOptions
    {
        [Description("The labels' column, by name or by number from 1; several are the probabilities of classes. Empty: label, class, "
            + "class:NAME, or the only one.")]
        public IReadOnlyList<string> Columns { get; init; } = [];

        [Description("The column of SMILES, where the table is of molecules, which encoders read; columns then names that of the labels. "
            + "Empty: it has none.")]
        public string SmilesColumn { get; init; } = "";

        [Description("The column of texts, where the table is of texts, which text encoders and bags of words read; columns then names "
            + "that of the labels. Empty: it has none.")]
        public string TextColumn { get; init; } = "";

        [Description("The column of a second text, where rows are pairs of texts: a representation says u of the one and v of the other, "
            + "and heads read u, v and |u − v|. Empty: it has none.")]
        public string PairColumn { get; init; } = "";

        [Description("The column of the text of each row that was preferred, where rows are preferences; rejected_column names the other. "
            + "A representation's vectors of both are subtracted, and heads without a bias say which it was. Empty: "
            + "rows are no preferences.")]
        public string ChosenColumn { get; init; } = "";

        [Description("The column of the text that was not preferred.")]
        public string RejectedColumn { get; init; } = "";

        [Description("Whether a molecule that an encoder cannot read is an error; "
            + "else it is left out, counted, and listed in rejected.csv.")]
        public bool Strict { get; init; }

        [Description("The column of identifiers that joins the rows of all files; empty: rows belong together by their places.")]
        public string Id { get; init; } = "";

        [Description("A file that divides the rows: a column for each split with train, valid, test, or with 1 for test and 0 for train. "
            + "Empty: random splits.")]
        public string Splits { get; init; } = "";

        [Description("What separates the cells of text files; empty: found out.")]
        public string Separator { get; init; } = "";

        [Description("The mark of decimals in text files, a point or a comma.")]
        public string Decimal { get; init; } = ".";

        [Description("Whether the first line of text files has the names of columns: auto, yes or no.")]
        public HeaderLine Header { get; init; } = HeaderLine.Auto;

        /// <summary>Whether rows are of texts, one or two each.</summary>
        internal bool IsOfTexts => TextColumn != "" || ArePreferences;

        /// <summary>Whether rows are pairs of texts of which one was preferred.</summary>
        internal bool ArePreferences => ChosenColumn != "";

        /// <summary>How text is written in all files.</summary>
        internal CsvFormat Csv => new(
            Separator is [var mark] ? mark : null, Header == HeaderLine.Auto ? null : Header == HeaderLine.Yes, Given(Id),
            Decimal: Decimal is [var point] ? point : '.');

        /// <summary>For labels as an objective takes them; null: as they are.</summary>
        internal FeatureTable.Format Format(Objective? objective) =>
            new(Columns.Count == 0 ? null : Columns, Given(Splits), objective == null ? null : objective.Link == Link.Softmax, Csv);

        /// <summary>Where the table is of molecules: how they are read.</summary>
        internal MoleculeFile Molecules(string path, bool areUnlabelled) => areUnlabelled
            ? new(path, SmilesColumn, null, null, Csv)
            : new(path, SmilesColumn, Columns is [var column] ? column : FeatureTable.LabelColumn, Given(Splits), Csv);

        /// <summary>Where the table is of texts: how they are read.</summary>
        internal TextFile Texts(string path, Objective? objective) => new(path, ArePreferences ? ChosenColumn : TextColumn, Format(objective))
        {
            PairColumn = Given(PairColumn), RejectedColumn = ArePreferences ? RejectedColumn : null,
        };

        private static string? Given(string text) => text == "" ? null : text;

        /// <summary>What contradicts itself in these settings.</summary>
        internal IEnumerable<ConfigurationBinder.Conflict> Problems()
        {
            if (SmilesColumn != "" && Columns.Count > 1)
                yield return new(["table.columns"], "Molecules have one column of labels, and it is a number.");
            if (SmilesColumn != "" && TextColumn != "")
                yield return new(
                    ["table.smiles_column", "table.text_column"], "A table is of molecules or of texts: name one of the columns.");
            if (PairColumn != "" && TextColumn == "")
                yield return new(
                    ["table.pair_column", "table.text_column"], "A second text stands beside a first one: name its column too.");
            if (ChosenColumn == "" != (RejectedColumn == ""))
                yield return new(["table.chosen_column", "table.rejected_column"],
                    "A preference is between two texts: name the column of those that were chosen and that of those that were not.");
            if (ArePreferences && (TextColumn != "" || SmilesColumn != "" || PairColumn != "" || Columns.Count > 0 || Id != ""))
                yield return new(["table.chosen_column", "table.text_column", "table.pair_column", "table.columns", "table.id"],
                    "Rows of preferences are two texts and nothing else: what was chosen is their label. Leave the other columns out.");
            if (Separator.Length > 1)
                yield return new(["table.separator"], "A separator is one character, such as ; or |. Tabs are found out.");
            if (Decimal is not ("." or ",")) yield return new(["table.decimal"], "The mark of decimals is a point or a comma.");
            if (Separator != "" && Separator == Decimal)
                yield return new(["table.separator", "table.decimal"], "One character cannot separate both cells and decimals.");
        }

        /// <summary>Whether the first line of text files has the names of columns.</summary>
        public enum HeaderLine
        {
            /// <summary>It has where a cell of it is no number.</summary>
            Auto,

            Yes,

            No,
        }
    }
}
