namespace W2S.Data;

public sealed partial record FeatureTable
{
    /// <summary>The labels of a file as they stand there, before it is said whether they are numbers or classes.</summary>
    internal sealed class LabelFile
    {
        /// <summary>So many different whole numbers may be classes.</summary>
        private const int MostClasses = 20;

        private readonly double[]? _numbers; // [rows, columns], unless a cell is text
        private readonly CsvTable? _texts;

        private LabelFile(string reference, int rows, IReadOnlyList<string> columns, double[]? numbers, CsvTable? texts,
            IReadOnlyList<string>? identifiers) =>
            (Reference, Rows, Columns, _numbers, _texts, Identifiers) = (reference, rows, columns, numbers, texts, identifiers);

        /// <summary>As it was given.</summary>
        public string Reference { get; }

        public int Rows { get; }

        /// <summary>The columns of labels: one, or of probabilities as many as classes.</summary>
        public IReadOnlyList<string> Columns { get; }

        /// <summary>Of the rows, where the format names a column of them, or a file of them lies beside an array.</summary>
        public IReadOnlyList<string>? Identifiers { get; }

        /// <exception cref="UserErrorException">The file is absent or damaged, or it is not clear which columns are labels.</exception>
        public static LabelFile Read(string reference, Format format)
        {
            var csv = format.Csv ?? new CsvFormat();
            if (!IsText(reference)) return Numbers(reference, csv with { Columns = format.Columns });
            var header = CsvTable.Header(reference, csv);
            if (!JsonLines.AreIn(reference) && !(csv.Header ?? !header.All(IsNumber)))
                return Numbers(reference, csv with { Columns = format.Columns });
            var columns = format.Columns is { Count: > 0 } named ? named : Usual(reference, header, csv.IdColumn);
            var table = CsvTable.Read(reference, [.. columns, .. csv.IdColumn is { } id ? [id] : Array.Empty<string>()], csv: csv);
            var identifiers = csv.IdColumn == null ? null : table.Rows.Select(row => row[^1]).ToArray();
            var numbers = new double[table.Rows.Count * columns.Count];
            for (var place = 0; place < numbers.Length; place++)
                if (!TryParse(table.Rows[place / columns.Count][place % columns.Count], csv, out numbers[place]))
                    return new LabelFile(reference, table.Rows.Count, columns, null, table, identifiers);
            return new LabelFile(reference, table.Rows.Count, columns, numbers, table, identifiers);
        }

        /// <summary>What the labels seem to be, and why, as a sentence.</summary>
        public (bool AreClasses, string Why) Guess()
        {
            if (Columns.Count > 1) return (true, $"{Columns.Count} columns of labels are the probabilities of classes");
            if (Columns[0].StartsWith(TableClasses.Prefix, StringComparison.OrdinalIgnoreCase)
                || Columns[0].Equals(TableClasses.Column, StringComparison.OrdinalIgnoreCase))
                return (true, $"the column is called {Columns[0]}");
            if (_numbers == null) return (true, "some are text");
            var different = _numbers.Distinct().Take(MostClasses + 1).Count();
            return _numbers.All(double.IsInteger) && different <= MostClasses && 2 * different <= Rows
                ? (true, $"they are {different} different whole numbers")
                : (false, _numbers.All(double.IsInteger) ? $"they are more than {MostClasses} different whole numbers, "
                + "or hardly any repeats" : "they are numbers with fractions");
        }

        /// <summary>[rows].</summary>
        /// <exception cref="UserErrorException">
        /// There are several columns, or a label is no finite number of single precision; its place is named.
        /// </exception>
        public double[] ToNumbers()
        {
            if (Columns.Count > 1) throw new UserErrorException($"{Reference} has {Columns.Count} columns of labels ({Shown(Columns)}), "
                + "and numbers are learned one at a time. Name one with --column.");
            for (var row = 0; row < Rows; row++)
                if (Problem(_numbers?[row].ToString("R", CultureInfo.InvariantCulture) ?? Text(row, 0), out _) is { } problem)
                    throw new UserErrorException($"{Place(row)}: the label '{Text(row, 0)}' {problem}. Correct the row, or remove "
                        + $"it here and from every file of features; classes stand in a column {TableClasses.Column}, or in any "
                        + "for an objective of classes: --objective cross-entropy.");
            return _numbers!;
        }

        /// <exception cref="UserErrorException">There is one class, or a row is of none, or its numbers are no probabilities; its place is
        /// named.</exception>
        public TableClasses ToClasses()
        {
            var isHard = Columns is [var only] && !only.StartsWith(TableClasses.Prefix, StringComparison.OrdinalIgnoreCase);
            var classes = isHard ? Hard() : Soft();
            return classes.Names.Count >= 2 ? classes
                : throw new UserErrorException($"{Reference} has {classes.Names.Count} class, and there is nothing to tell apart. "
                    + "Give rows of two at least.");
        }

        /// <summary>Where a row stands, for messages.</summary>
        public string Place(int row) => _texts?.Place(row) ?? $"{Reference}, row {row} (from 0)";

        private TableClasses Hard()
        {
            var rowOf = new Dictionary<string, int>(StringComparer.Ordinal);
            var texts = new string[Rows];
            for (var row = 0; row < Rows; row++)
            {
                texts[row] = Text(row, 0);
                if (texts[row] == "" || (_numbers != null && !double.IsFinite(_numbers[row])))
                    throw new UserErrorException($"{Place(row)}: the class is {(texts[row] == "" ? "empty" : $"'{texts[row]}'")}. Complete "
                        + "the row, or remove it here and from every file of features.");
                rowOf.TryAdd(texts[row], row);
            }
            string[] names = [.. _numbers != null ? rowOf.Keys.OrderBy(name => _numbers[rowOf[name]])
                : rowOf.Keys.Order(StringComparer.Ordinal)];
            if (names.Length > TableClasses.Most || (names.Length > MostClasses && 2 * names.Length > Rows))
                throw new UserErrorException(
                    $"{Reference} has {names.Length} different labels in {Counted.Of(Rows, "row")}, which are no classes to learn. "
                    + "If they are numbers to be predicted, ask for --task regression (or the objective squared); if they name the rows, "
                    + "name the labels' column.");
            var places = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
            var probabilities = new double[Rows * names.Length];
            for (var row = 0; row < Rows; row++) probabilities[row * names.Length + places[texts[row]]] = 1;
            return new TableClasses(names, probabilities);
        }

        private TableClasses Soft()
        {
            var count = Columns.Count;
            string[] names = [.. Columns.Select(name => name.StartsWith(TableClasses.Prefix, StringComparison.OrdinalIgnoreCase)
                ? name[TableClasses.Prefix.Length..].Trim() : name)];
            var probabilities = new double[Rows * count];
            for (var row = 0; row < Rows; row++)
            {
                var own = probabilities.AsSpan(row * count, count);
                double sum = 0;
                for (var place = 0; place < count; place++)
                {
                    own[place] = _numbers?[row * count + place] ?? double.NaN;
                    if (_numbers == null && !double.TryParse(Text(row, place), NumberStyles.Float, CultureInfo.InvariantCulture,
                        out own[place]) || !(own[place] is >= 0 and <= 1 + TableClasses.Rounding))
                        throw new UserErrorException($"{Place(row)}: '{Text(row, place)}' is no probability of the class {names[place]}, "
                            + "which is a number from 0 to 1.");
                    sum += own[place];
                }
                if (Math.Abs(sum - 1) > TableClasses.Rounding)
                    throw new UserErrorException(string.Create(
                        CultureInfo.InvariantCulture, $"{Place(row)}: the probabilities of the classes sum to {sum:g6}, not to 1."));
                foreach (ref var probability in own) probability /= sum;
            }
            return new TableClasses(names, probabilities);
        }

        private string Text(int row, int column) => _texts?.Rows[row][column]
            ?? _numbers![row * Columns.Count + column].ToString("R", CultureInfo.InvariantCulture);

        private static LabelFile Numbers(string reference, CsvFormat csv)
        {
            var isText = IsText(reference);
            using var file = ArrayFile.Open(reference, isText ? csv : csv with { Columns = null });
            if (file.Rows > int.MaxValue / Math.Max(1, file.Width)) throw new UserErrorException($"{reference} has {file.Rows} rows of "
                + $"{Counted.Of(file.Width, "number")}, too many labels to be held in memory.");
            var all = new double[file.Rows * file.Width];
            file.Read(0, all);
            string[] names = [.. file.Columns ?? Enumerable.Range(1, file.Width).Select(number => $"{number}")];
            if (isText || csv.Columns is not { Count: > 0 } wanted) return new LabelFile(reference, (int)file.Rows, names, all, null,
                file.Identifiers);
            int[] places = [.. wanted.Select(column => Array.IndexOf(names, column) is >= 0 and var place ? place
                : throw new UserErrorException($"{reference} has no column '{column}'. "
                    + $"It has {file.Width}, named by their numbers from 1."))];
            double[] chosen = [.. all.Chunk(file.Width).SelectMany(row => places.Select(place => row[place]))];
            return new LabelFile(reference, (int)file.Rows, [.. wanted], chosen, null, file.Identifiers);
        }

        /// <summary>The columns that are labels by what they are called.</summary>
        private static IReadOnlyList<string> Usual(string path, IReadOnlyList<string> header, string? identifiers)
        {
            string[] soft = [.. header.Where(name => name.StartsWith(TableClasses.Prefix, StringComparison.OrdinalIgnoreCase))];
            string[] usual = [.. header.Where(name => name.Equals(LabelColumn, StringComparison.OrdinalIgnoreCase)
                || name.Equals(TableClasses.Column, StringComparison.OrdinalIgnoreCase))];
            if (soft.Length > 0 && usual.Contains(TableClasses.Column,
                StringComparer.OrdinalIgnoreCase)) throw new UserErrorException($"{path} has a column {TableClasses.Column} and columns "
                    + $"{TableClasses.Prefix}…: keep the one or the others.");
            if (usual.Length > 1 || (soft.Length > 0 && usual.Length > 0))
                throw new UserErrorException($"{path} has a column {LabelColumn} of numbers and one of classes: keep what is to "
                    + "be learned, and rename the other, or name one with --column.");
            if (soft.Length > 0) return soft;
            if (usual.Length == 1) return usual;
            string[] others = [.. header.Where(name => !name.Equals(identifiers, StringComparison.OrdinalIgnoreCase))];
            return others.Length == 1 ? others : throw new UserErrorException(
                $"{path} has no column '{LabelColumn}' or '{TableClasses.Column}'. Its columns are {Shown(header)}: name the "
                    + "labels' with --column NAME (the setting table.column), or rename it.");
        }

        private static bool IsText(string reference)
        {
            string[] endings = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];
            return JsonLines.AreIn(reference) || endings.Any(ending => reference.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        }

        /// <summary>
        /// Why a text cannot be a label; null: it can. Heads may be fitted in single precision, so a label must fit that.
        /// </summary>
        internal static string? Problem(string text, out double number)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) || !double.IsFinite(number))
                return "is no finite number";
            return float.IsFinite((float)number) ? null : "is too large: single precision ends at 3.4e38";
        }

        private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number);

        private static bool TryParse(string text, CsvFormat csv, out double number) =>
            double.TryParse(
                csv.Decimal == ',' ? text.Replace(',', '.') : text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

        private static string Shown(IEnumerable<string> names) => string.Join(", ", names.Take(30).Select(name => $"'{name}'"));
    }
}
