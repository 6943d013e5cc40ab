using System.Numerics.Tensors;

namespace W2S.Experiments;

/// <summary>
/// Errors, misfit and calibration of predictions in files; nothing is fitted. Of classes, predictions are a column of
/// probabilities for each, in the order of the classes: by number, by name, or as the columns are called.
/// </summary>
internal sealed class PredictionProbe
{
    // Products of softmaxes in float32, or probabilities that were written with three digits.
    private const double Rounding = 1e-2;

    // A class of probability 0 that is the truth would cost infinitely much, in float32 by rounding alone.
    private const double LeastProbability = 1e-12;

    private readonly ILabelledTable _table;
    private readonly Calibration.Options _calibration;
    private readonly double[] _truth;

    /// <param name="areClasses">What the labels are.</param>
    /// <exception cref="UserErrorException">The labels cannot be read as that.</exception>
    public PredictionProbe(string labels, bool areClasses, Study.TableOptions options, Calibration.Options calibration)
    {
        var format = new FeatureTable.Format(options.Columns.Count == 0 ? null : options.Columns, null, areClasses,
            options.Csv) { IsDivided = false };
        (_table, _calibration, Csv) = (FeatureTable.Read(labels, format), calibration, options.Csv);
        _truth = [.. _table.Classes?.Probabilities ?? _table.Labels];
    }

    /// <summary>How the files are written.</summary>
    public CsvFormat Csv { get; }

    public int Rows => _table.Labels.Count;

    /// <summary>Null where labels are numbers.</summary>
    public IReadOnlyList<string>? Classes => _table.Classes?.Names;

    /// <summary>Reads a model's predictions in the order of the labels: [rows], or of classes [rows, classes].</summary>
    /// <exception cref="UserErrorException">They are not of these rows or classes, or no probabilities; the place is named.</exception>
    public double[] Read(string reference)
    {
        var file = new StoredFeatures(reference, Csv);
        var (values, names) = (file.Doubles(_table), file.Source.Columns);
        if (Classes == null)
            return file.Width == 1 ? values : throw new UserErrorException($"{reference} has {file.Width} columns, and a prediction of a "
                + "number is one. If labels are classes, say so with --task classes.");
        if (file.Width == 1 && Classes.Count == 2) return [.. values.SelectMany(second => Checked([1 - second, second], reference))];
        var places = Places(reference, file.Width, names);
        return [.. values.Chunk(file.Width).SelectMany((row, number) =>
            Checked([.. places.Select(place => place < 0 ? 0 : row[place])], $"{reference}, row {number} of the labels (from 0)", row))];
    }

    /// <summary>A model's measures: mse, rmse, mae and r2, or of classes accuracy, cross-entropy, Brier score, calibration and
    /// AUROC.</summary>
    public Model Measure(string name, string file, double[] predictions)
    {
        if (Classes == null)
        {
            var metrics = RegressionMetrics.Of(predictions, _truth);
            return new Model(name, file, new()
            {
                ["mse"] = metrics.RootMeanSquaredError * metrics.RootMeanSquaredError,
                ["rmse"] = metrics.RootMeanSquaredError,
                ["mae"] = metrics.MeanAbsoluteError,
                ["r2"] = metrics.Explained,
            }, []);
        }
        var count = Classes.Count;
        double[] bounded = [.. predictions.Select(value => Math.Max(value, LeastProbability))];
        var classes = ClassMetrics.Of(predictions, _truth, count, _calibration);
        var byMass = Calibration.OfLikeliest(predictions, _truth, count, _calibration with { Kind = Calibration.Binning.EqualMass });
        return new Model(name, file, new()
        {
            ["accuracy"] = classes.Accuracy,
            ["cross_entropy"] = ClassMetrics.Of(bounded, _truth, count).CrossEntropy,
            ["brier"] = classes.Brier,
            ["mean_confidence"] = classes.Calibration.Bins.Sum(bin => bin.Rows * bin.Confidence) / Rows,
            ["ece"] = classes.Calibration.ExpectedError,
            ["mce"] = classes.Calibration.MaximumError,
            ["ece_mass"] = byMass.ExpectedError,
            ["ece_classwise"] = Enumerable.Range(0, count).Average(label =>
                Calibration.OfClass(predictions, _truth, count, label, _calibration).ExpectedError),
            ["auroc"] = classes.Auroc,
        }, classes.Calibration.Bins);
    }

    /// <summary>
    /// How far one model is from another: of numbers the mean squared distance; of classes KL(teacher‖student) in nats, Brier's
    /// distance, and the share of rows on which both take the same class.
    /// </summary>
    public OrderedDictionary<string, double?> Compare(double[] student, double[] teacher)
    {
        if (Classes == null) return new() { ["misfit"] = Math.Pow(TensorPrimitives.Distance<double>(student, teacher), 2) / Rows };
        var count = Classes.Count;
        return new()
        {
            ["misfit"] = Mean(new CrossEntropy().Misfit),
            ["brier_distance"] = Mean(new Brier().Misfit),
            ["agreement"] = ClassMetrics.Agreement(student, teacher, count),
        };

        double Mean(Errors.RowMeasure measure) => Enumerable.Range(0, Rows)
            .Average(row => measure(Bounded(student.AsSpan(row * count, count)), Bounded(teacher.AsSpan(row * count, count))));
    }

    /// <summary>Gain of the student on its teacher by mean squared error or Brier score, its middle 95 % over the rows, and the share of
    /// the gap to the strong model.</summary>
    public (double Gain, Interval? Interval, double? Recovered) Gain(double[] weak, double[] student, double[] strong, long seed)
    {
        double[] before = Errors(weak), after = Errors(student);
        var gains = before.Zip(after, (one, other) => one - other).ToArray();
        var gap = before.Average() - Errors(strong).Average();
        return (gains.Average(), Interval.OfMean(gains, seed), gap > 0 ? gains.Average() / gap : null);

        double[] Errors(double[] model)
        {
            var width = model.Length / Rows;
            return [.. Enumerable.Range(0, Rows).Select(row =>
                Math.Pow(TensorPrimitives.Distance<double>(model.AsSpan(row * width, width), _truth.AsSpan(row * width, width)), 2))];
        }
    }

    /// <summary>Leaves metrics.csv (model, measure, value) and, of classes, reliability.csv (model, bin, rows, confidence,
    /// accuracy).</summary>
    public static void Write(string folder, IReadOnlyList<Model> models, IEnumerable<(string Name, double? Value)> further)
    {
        Directory.CreateDirectory(folder);
        Table("metrics.csv",
        [
            ["model", "measure", "value"],
            .. models.SelectMany(model => model.Measures, (model, measure) => Row(model.Name, measure.Key, measure.Value)),
            .. further.Select(measure => Row("", measure.Name, measure.Value)),
        ]);
        if (models.All(model => model.Bins.Count == 0)) return;
        Table("reliability.csv",
        [
            ["model", "bin", "rows", "confidence", "accuracy"],
            .. models.SelectMany(model => model.Bins.Select((bin, place) => (string[])
                [model.Name, $"{place}", $"{bin.Rows}", NumberText.Exact(bin.Confidence), NumberText.Exact(bin.Accuracy)])),
        ]);

        static string[] Row(string model, string measure, double? value) => [model, measure, NumberText.Exact(value)];

        void Table(string name, string[][] rows) => AtomicFile.WriteAllText(Path.Combine(folder, name), CsvTable.Write(rows));
    }

    /// <summary>Which column has each class's probability.</summary>
    private int[] Places(string reference, int width, IReadOnlyList<string>? columns)
    {
        var classes = Classes!;
        string[] names = [.. columns?.Select(name => name.StartsWith(TableClasses.Prefix, StringComparison.OrdinalIgnoreCase)
            ? name[TableClasses.Prefix.Length..] : name) ?? []];
        if (classes.All(names.Contains)) return [.. classes.Select(name => Array.IndexOf(names, name))];
        if (classes.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < width)
            && width >= classes.Count) return [.. classes.Select(int.Parse)];
        return width == classes.Count ? [.. Enumerable.Range(0, width)] : throw new UserErrorException(
            $"{reference} has {width} columns, and there are {classes.Count} classes ({string.Join(", ", classes.Take(10))}): give a "
                + "column of probabilities for each, in this order.");
    }

    /// <param name="all">The row as the file has it, where that has more classes than the labels.</param>
    private static double[] Checked(double[] probabilities, string place, double[]? all = null)
    {
        all ??= probabilities;
        if (all.All(value => value is >= 0 and <= 1 + Rounding) && Math.Abs(all.Sum() - 1) <= Rounding) return probabilities;
        var shown = string.Join(", ", all.Take(5).Select(value => value.ToString("g4", CultureInfo.InvariantCulture)));
        throw new UserErrorException(
            $"{place}: {shown}{(all.Length > 5 ? ", …" : "")} are no probabilities, which are from 0 to 1 and sum to 1. "
            + "If they are logits, take the softmax first.");
    }

    private static double[] Bounded(ReadOnlySpan<double> probabilities)
    {
        var bounded = probabilities.ToArray();
        foreach (ref var value in bounded.AsSpan()) value = Math.Max(value, LeastProbability);
        return bounded;
    }

    /// <summary>What a model that was fitted elsewhere predicts, measured: name and value of each measure, in the order in which they are
    /// shown.</summary>
    /// <param name="Name">"weak", "student" or "strong".</param>
    /// <param name="Bins">Of the reliability diagram; none where labels are numbers.</param>
    public sealed record Model(string Name, string File, OrderedDictionary<string, double?> Measures,
        IReadOnlyList<Calibration.Bin> Bins);
}
