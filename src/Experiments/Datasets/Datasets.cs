namespace W2S.Experiments;

/// <summary>Data sets by name: Gaussian tasks, molecules, texts, or labels in a file. Tables are read once.</summary>
/// <param name="host">Hears what is remarkable about them.</param>
public sealed class Datasets(DataFolders folders, RunServices host)
{
    /// <summary>The list of those that are left out, in a run's folder.</summary>
    private const string RejectedFile = "rejected.csv";

    private readonly Dictionary<string, ILabelledTable> _tables = [];
    private readonly Dictionary<string, MoleculeData> _molecules = [];

    /// <summary>What --data takes beside the path of a file.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [GaussianTasks.DataName, .. MoleculeDataSet.All.Select(set => set.Name), .. TextDataSet.All.Select(set => set.Name)];

    /// <summary>Whether these are labels in a file, by what it is called.</summary>
    public static bool IsFile(string name) => ArrayFile.IsArray(name);

    /// <summary>Whether a study's rows are texts, which encoders of text and bags of words read.</summary>
    public static bool AreTexts(Study study) => study.Table.IsOfTexts || study.Data.Any(name => TextDataSet.Find(name) != null);

    /// <summary>
    /// The representations that are to read the tables: what one of them cannot read of somebody's own molecules is left out.
    /// </summary>
    public IReadOnlyList<string> Roles { get; init; } = ["weak", "strong"];

    /// <summary>Whether somebody's own molecules or texts are read without labels.</summary>
    public bool AreUnlabelled { get; init; }

    /// <param name="study">With one data set.</param>
    /// <param name="engine">Computes the true labels of Gaussian tasks.</param>
    /// <exception cref="UserErrorException">A file is absent or wrong, or there is no such split.</exception>
    public Dataset Of(Study study, IEngine engine) =>
        study.IsGaussian ? new GaussianTasks(study, engine) : new SplitTable(Table(study.Data[0], study), study);

    /// <param name="study">That says how files are read.</param>
    /// <exception cref="UserErrorException">A file is absent or wrong.</exception>
    public ILabelledTable Table(string name, Study study)
    {
        lock (_tables)
        {
            var isFile = IsFile(name);
            if (isFile && study.Table.SmilesColumn != "") return Molecules(name, study);
            var texts = TextDataSet.Find(name);
            var key = isFile || texts != null ? $"{name} {Fingerprint.Of(study.Table)} {study.Objective.Name}" : name.ToLowerInvariant();
            if (_tables.TryGetValue(key, out var known)) return known;
            var objective = study.Objective.Create();
            ILabelledTable table = isFile && study.Table.IsOfTexts ? Texts(study.Table.Texts(name, objective))
                : isFile ? FeatureTable.Read(name, study.Table.Format(objective))
                : texts?.Load(folders, study.Table.Columns.SingleOrDefault(), asClasses: objective.Link == Link.Softmax)
                ?? (ILabelledTable)MoleculeDataSet.Named(name).Load(folders);
            // Said once, whichever labels are wanted.
            if (_tables.Values.All(other => other.Name != table.Name))
                foreach (var remark in (table as TextData)?.Remarks ?? []) host.Log.Information("{Remark}", remark);
            if (table is MoleculeData { Duplicates: > 0 } molecules)
                host.Log.Information(
                    "{Duplicates} of {Count} rows of {Title} repeat the SMILES of an earlier row; they stay, for the splits count them",
                    molecules.Duplicates, molecules.Count, table.Title);
            return _tables[key] = table;
        }
    }

    /// <summary>
    /// Lists the molecules that were left out of the tables that were read, in a run's folder; nothing where there is none.
    /// </summary>
    public void WriteRejected(string folder)
    {
        MoleculeData[] tables;
        lock (_tables)
            tables = [.. _tables.Values.OfType<MoleculeData>().Where(one => one.Rejected.Count > 0).DistinctBy(one => one.Digest)];
        foreach (var table in tables)
            AtomicFile.WriteAllText(
                Path.Combine(folder, tables.Length == 1 ? RejectedFile : $"{table.Name}-{RejectedFile}"),
                MoleculeData.RejectedRow.Csv(table.Rejected));
    }

    private TextData Texts(TextFile file) => AreUnlabelled ? file.LoadUnlabelled() : file.Load();

    /// <summary>
    /// Somebody's own molecules, but for those that a representation of the study cannot read. A part of a study, one of its
    /// weak representations alone, gets the rows of the whole, which it knows by their SHA-256.
    /// </summary>
    private MoleculeData Molecules(string name, Study study)
    {
        var recorded = study.DataDigests.ElementAtOrDefault(study.Data.Index().First(data => data.Item == name).Index);
        if (!string.IsNullOrEmpty(recorded) && _tables.Values.OfType<MoleculeData>().FirstOrDefault(IsRecorded) is { } whole) return whole;
        var representations = Roles.Select(study.Of).ToList();
        var file = $"{name} {Fingerprint.Of(study.Table)}";
        var key = $"{file} {Fingerprint.Of(representations)}";
        if (_tables.TryGetValue(key, out var known)) return (MoleculeData)known;
        // Read once, however many representations there are to leave some out for.
        if (!_molecules.TryGetValue(file, out var all))
            _molecules[file] = all = study.Table.Molecules(File.Exists(name) ? name : folders.Find(name) ?? name, AreUnlabelled).Load();
        var readable = Readable(all, representations, study.Table.Strict, host);
        if (!string.IsNullOrEmpty(recorded) && readable.Digest != recorded && readable.Rejected.Count > 0)
            throw new UserErrorException(
                $"{name} is not what this run was made with, or the representations can read other molecules of it: here "
                + $"{readable.Rejected.Count} are left out, the first in line {readable.Rejected[0].Line} ({readable.Rejected[0].Reason}) "
                + "All models of a study must see the same rows. Remove from the file what one of them cannot read, "
                + "and fit all of them anew.");
        _tables[key] = readable;
        return readable;

        bool IsRecorded(MoleculeData table) => table.Digest == recorded;
    }

    /// <summary>
    /// What all encoders of a study can read of somebody's own molecules. Representations are compared on the same rows, so what one
    /// of them cannot read is left out for all, counted and listed.
    /// </summary>
    /// <param name="representations">Of the study, as its settings name them; stored features read no molecules.</param>
    /// <param name="strict">Whether a molecule that cannot be read is an error.</param>
    /// <exception cref="UserErrorException">A molecule is refused, none is left, or an encoder is absent or damaged.</exception>
    internal static MoleculeData Readable(
        MoleculeData molecules, IEnumerable<RepresentationOptions> representations, bool strict, RunServices run)
    {
        var reasons = new SortedDictionary<int, string>();
        // Encoders with one tokenizer and one greatest length read the same molecules.
        var different = representations.SelectMany(Encoders).DistinctBy(one => (one.Tokenizer, FrozenEncoder.Longest(one.Shape)));
        foreach (var (encoder, name, shape) in different)
        {
            var tokenizer = MoleculeTokenizers.Find(name);
            foreach (var (row, why) in FrozenEncoder.Problems(molecules, tokenizer, shape, encoder, run.Stop.ThrowIfSet))
                reasons.TryAdd(row, why);
        }
        if (reasons.Count == molecules.Count)
            throw new UserErrorException($"No molecule of {molecules.Source} can be read. {molecules.Place(0)}: {reasons[0]}");
        var readable = molecules.Without(reasons);
        if (readable.Rejected is not [var first, ..]) return readable;
        if (strict)
            throw new UserErrorException(
                $"{readable.Source} has {readable.Rejected.Count} of {readable.Rejected.Count + readable.Count} molecules that "
                + $"cannot be read:\n  {Counted.FirstOf([.. readable.Rejected.Select(row => $"line {row.Line}: {row.Reason}")], "\n  ")}\n"
                + "Correct or remove them, or leave --strict out: they are then left out and listed.");
        run.Log.Warning("{Rejected:N0} of {Count:N0} molecules of {Title} cannot be read and are left out; {File} has all. The first, "
            + "line {Line}: {Reason}",
            readable.Rejected.Count, molecules.Rejected.Count + molecules.Count, readable.Title, RejectedFile, first.Line,
            first.Reason);
        return readable;
    }

    private static IEnumerable<(string Name, string Tokenizer, EncoderShape Shape)> Encoders(RepresentationOptions options)
    {
        if (options.From.Count == 0)
        {
            var settings = options.Encoder;
            if (settings.ReadsTexts) return [];
            return [("the encoder", settings.Tokenizer, settings.Shape(MoleculeTokenizers.Find(settings.Tokenizer).VocabularySize))];
        }
        // Text tokenizers and ONNX models read whatever is written.
        return options.From.Where(reference => !SavedRepresentations.IsFeatures(reference) && !BagOfWords.IsOne(reference)
                && !EncoderReference.Parse(reference).IsOnnx)
            .Select(SavedRepresentations.LoadEncoder).Where(encoder => encoder.Text == null)
            .Select(encoder => (encoder.Name, encoder.Tokenizer, encoder.Shape));
    }
}
