namespace W2S.Data;

/// <summary>
/// Somebody's own labels, a row each, for representations that are files of features: numbers, or classes
/// (<see cref="TableClasses"/>). Its splits are those of a file, or random, three of them by the seeds 0, 1 and 2.
/// </summary>
/// <remarks>
/// Rows that have identifiers are put in the order of these, so that it does not matter in which order any file has them. A
/// representation then finds its rows by them (<see cref="ILabelledTable.Identifiers"/>).
/// </remarks>
public sealed partial record FeatureTable(
    string Name, IReadOnlyList<double> Labels, IReadOnlyDictionary<int, TableSplit> Splits) : ILabelledTable
{
    /// <summary>The column of labels that counts where none is named.</summary>
    public const string LabelColumn = "label";

    /// <summary>The least rows of which a random split has parts.</summary>
    private const int LeastRows = 10;

    private const int RandomSplits = 3;

    public string Title => Name;
    public string Unit => "of no unit";
    public TableClasses? Classes { get; init; }
    public IReadOnlyList<string>? Identifiers { get; init; }
    public required string Digest { get; init; }

    public string Describe(int row) => Identifiers == null ? $"row {row} of {Name}" : $"'{Identifiers[row]}' of {Name}";

    /// <param name="reference">"labels.csv", "labels.npy", "all.npz:y".</param>
    /// <exception cref="UserErrorException">There is no such file or column, a label is not what is asked for, or an identifier stands
    /// twice; its row is named.</exception>
    public static FeatureTable Read(string reference, Format? format = null)
    {
        format ??= new Format();
        var file = LabelFile.Read(reference, format);
        var isOfClasses = format.Classes ?? (file.Columns[0].StartsWith(TableClasses.Column, StringComparison.OrdinalIgnoreCase)
            && file.Guess().AreClasses);
        var classes = isOfClasses ? file.ToClasses() : null;
        var labels = classes?.Likeliest() ?? file.ToNumbers();
        string[]? identifiers = null;
        if (format.Csv?.IdColumn is { } column)
        {
            var unordered = file.Identifiers ?? throw new UserErrorException($"{reference} has no identifiers: --id {column} needs a "
                + $"column of them, in a CSV file or in {ArrayFile.IdentifierFileOf(reference)} beside it.");
            var order = OrderOf(unordered, file.Place);
            (labels, classes, identifiers) = ([.. order.Select(row => labels[row])], classes?.Rows(order),
                [.. order.Select(row => unordered[row])]);
        }
        return Divided(reference, labels, format, identifiers) with { Classes = classes };
    }

    /// <summary>A table of these labels in the order of its rows, with its splits.</summary>
    /// <exception cref="UserErrorException">There are too few rows for random splits, or the file of splits is not theirs.</exception>
    internal static FeatureTable Divided(string reference, double[] labels, Format format, string[]? identifiers = null)
    {
        if (format.IsDivided && format.Splits == null && labels.Length < LeastRows)
            throw new UserErrorException(
                $"{reference} has {Counted.Of(labels.Length, "row")}, and a split into train, valid and test needs at least {LeastRows}.");
        var name = NameOf(reference);
        var splits = SplitsOf(name, labels.Length, identifiers, format);
        IEnumerable<string> read = format.Splits is { } divided ? [reference, divided] : [reference];
        return new FeatureTable(name, labels, splits)
        {
            Identifiers = identifiers, Digest = Checksum.OfFiles(read.Select(one => ArrayFile.Split(one).Path)),
        };
    }

    /// <summary>Those of a file, or random ones.</summary>
    /// <param name="name">Of the table.</param>
    internal static IReadOnlyDictionary<int, TableSplit> SplitsOf(
        string name, int rows, IReadOnlyList<string>? identifiers, Format format) => format.Splits is { } path
        ? TableSplit.Read(path, rows, identifiers, format.Csv)
        : Enumerable.Range(0, format.IsDivided ? RandomSplits : 0)
            .ToDictionary(seed => seed, seed => TableSplit.Random(seed, rows, $"{name} split"));

    /// <summary>"labels" for data/labels.csv.gz.</summary>
    private static string NameOf(string reference)
    {
        var name = Path.GetFileName(ArrayFile.Split(reference).Path).Split('.')[0];
        return name == "" ? "labels" : name;
    }

    /// <summary>The rows by their identifiers: as numbers where all are whole numbers.</summary>
    /// <param name="place">Where a row stands, for messages.</param>
    internal static int[] OrderOf(IReadOnlyList<string> identifiers, Func<int, string> place)
    {
        var rows = new Dictionary<string, int>(identifiers.Count, StringComparer.Ordinal);
        foreach (var (row, identifier) in identifiers.Index())
        {
            if (identifier == "")
                throw new UserErrorException($"{place(row)}: the identifier is empty. Complete it, or remove the row.");
            if (!rows.TryAdd(identifier, row))
                throw new UserErrorException($"{place(row)}: the identifier '{identifier}' stands in {place(rows[identifier])} "
                    + "already, and no row must be there twice. Keep one of them, or name another column with --id.");
        }
        return identifiers.All(identifier => long.TryParse(identifier, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. rows.OrderBy(pair => long.Parse(pair.Key, CultureInfo.InvariantCulture))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)]
            : [.. rows.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
    }

    /// <summary>How a table of one's own is to be read; what is null is found out.</summary>
    /// <param name="Columns">Of the labels, by name, or by number from 1 where there are no names; null: label, class, the columns
    /// class:NAME, or the only one.</param>
    /// <param name="Splits">A file that divides the rows, in place of random splits.</param>
    /// <param name="Classes">Whether labels are classes; null: those in columns called class are.</param>
    /// <param name="Csv">How text is written; its identifiers, if it names any, join the rows of all files.</param>
    public sealed record Format(IReadOnlyList<string>? Columns = null, string? Splits = null, bool? Classes = null, CsvFormat? Csv = null)
    {
        /// <summary>Whether rows are divided into parts at all.</summary>
        public bool IsDivided { get; init; } = true;
    }
}
