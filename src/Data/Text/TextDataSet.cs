namespace W2S.Data;

/// <summary>A labelled set of texts that W2S knows by name: what the later version of 2405.15116 has its two text studies on.</summary>
/// <param name="Name">As --data takes it.</param>
/// <param name="File">Relative to a data folder.</param>
public abstract record TextDataSet(string Name, string Title, string File)
{
    /// <summary>The seeds of their random splits.</summary>
    private protected static readonly int[] SplitSeeds = [0, 1, 2];

    /// <summary>The sets that W2S knows.</summary>
    public static IReadOnlyList<TextDataSet> All { get; } = [new Essays(), new FrenchReviews()];

    /// <summary>Null: there is none of that name.</summary>
    public static TextDataSet? Find(string name) => All.FirstOrDefault(set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <param name="label">The column that is to be predicted; null: the usual one.</param>
    /// <param name="asClasses">Whether labels are wanted as classes; a set that has none gives numbers.</param>
    /// <exception cref="UserErrorException">The file is absent or wrong, or it has no such labels.</exception>
    public abstract TextData Load(DataFolders folders, string? label, bool asClasses);

    /// <summary>What the catalogue says of it.</summary>
    private protected string Licence => CatalogueEntry.All.Single(entry => entry.File == File).Licence;

    /// <exception cref="UserErrorException">It is none of these.</exception>
    private protected string Chosen(string? label, params string[] labels)
    {
        if (label == null) return labels[0];
        if (labels.FirstOrDefault(known => known.Equals(label, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        var meant = NearestName.Find(label, labels) is { } near ? $" Did you mean {near}?" : "";
        throw new UserErrorException($"{Title} has no labels '{label}'.{meant} There are {string.Join(", ", labels)}.");
    }

    private protected static double Number(CsvTable file, int row, int column) =>
        FeatureTable.LabelFile.Problem(file.Rows[row][column], out var number) is not { } problem
            ? number
            : throw new UserErrorException($"{file.Place(row)}: the label '{file.Rows[row][column]}' {problem}. Fetch the file again.");

    /// <summary>
    /// ELLIPSE (Crossley et al. 2023): 2,571 essays of English learners, each with an overall score and six of its traits, 1 to 5 by
    /// halves. Three random splits.
    /// </summary>
    private sealed record Essays() : TextDataSet("essays", "Essays (ELLIPSE)", "text/ellipse_essays.csv.gz")
    {
        private static readonly string[] Scores = ["Overall", "Cohesion", "Syntax", "Vocabulary", "Phraseology", "Grammar", "Conventions"];

        public override TextData Load(DataFolders folders, string? label, bool asClasses)
        {
            var (path, score) = (folders.Require(File), Chosen(label, Scores));
            var file = CsvTable.Read(path, ["full_text", score]);
            double[] labels = [.. Enumerable.Range(0, file.Rows.Count).Select(row => Number(file, row, 1))];
            return new TextData(Name, Title, $"points of {score}, from 1 to 5", [.. file.Rows.Select(row => row[0])], labels,
                SplitSeeds.ToDictionary(seed => seed, seed => TableSplit.Random(seed, labels.Length, $"{Name} split")))
            {
                Digest = Checksum.OfText($"{Checksum.OfFiles(path)} {score}"),
                Remarks = [$"{Title} are under {Licence}: not for commercial use"],
            };
        }
    }

    /// <summary>
    /// French reviews of books from Babelio and Critiques Libres, with their readers' ratings: half a star to five, as numbers or as
    /// five classes, half stars counting for the next whole one.
    /// </summary>
    /// <remarks>
    /// Empty reviews, those that repeat an earlier one, and ratings above five are left out and counted. Splits are of books: none
    /// is in two parts, for a reader's rating says something of the next one's.
    /// </remarks>
    private sealed record FrenchReviews() : TextDataSet("french-reviews", "French book reviews", "text/french_book_reviews.csv.gz")
    {
        private const double Most = 5;

        public override TextData Load(DataFolders folders, string? label, bool asClasses)
        {
            var (path, rating) = (folders.Require(File), Chosen(label, "rating"));
            var file = CsvTable.Read(path, ["reader_review", rating, "book_title"]);
            var (seen, books) = (
                new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase));
            var (texts, labels, groups) = (new List<string>(), new List<double>(), new List<int>());
            int empty = 0, repeated = 0, above = 0;
            for (var row = 0; row < file.Rows.Count; row++)
            {
                var (text, stars, title) = (file.Rows[row][0], Number(file, row, 1), file.Rows[row][2]);
                if (text == "") empty++;
                else if (!seen.Add(text)) repeated++;
                else if (stars > Most) above++;
                else
                {
                    if (!books.TryGetValue(title, out var book)) books[title] = book = books.Count;
                    texts.Add(text);
                    labels.Add(stars);
                    groups.Add(book);
                }
            }
            var classes = asClasses ? Stars(labels) : null;
            return new TextData(Name, Title, "stars", texts, classes == null ? labels : classes.Likeliest(),
                SplitSeeds.ToDictionary(seed => seed, seed => TableSplit.RandomGroups(seed, groups, $"{Name} split")))
            {
                Classes = classes, Groups = groups, Digest = Checksum.OfFiles(path),
                Remarks = [$"Of {Counted.Of(file.Rows.Count, "review")}, {empty} that are empty, {repeated} that repeat an earlier one "
                    + $"and {above} with more than five stars are left out; the splits keep each of the {books.Count} books in one part"],
            };
        }

        private static TableClasses Stars(List<double> ratings)
        {
            string[] names = ["1", "2", "3", "4", "5"];
            return new TableClasses(names, [.. ratings.SelectMany(rating =>
                Enumerable.Range(1, names.Length).Select(star => star == (int)Math.Ceiling(rating) ? 1.0 : 0.0))]);
        }
    }
}
