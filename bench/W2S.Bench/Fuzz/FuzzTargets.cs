using System.IO.Compression;
using System.Text;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Models.PyTorch;
using W2S.Runs;
using W2S.Runs.Launchers;
using W2S.Runs.Leases;
using W2S.Runs.Plans;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Everything that W2S reads and did not write itself, or that may be damaged since.</summary>
internal static class FuzzTargets
{
    private static readonly DataFolders Data = DataFolders.Usual();
    private static readonly IReadOnlyList<byte[]> Settings =
        [.. Setting.Paths(typeof(Study)).SelectMany(path => path.Split('.')).Distinct().Select(Utf8)];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Of(
            "csv", "table.csv",
            [Text("label,x\n", 12, row => $"{row}.5,\"a, {row}\"\n"), Text("class:a,class:b\n", 12, _ => "0.25,0.75\n"),
                Text("class\n", 12, row => row % 2 == 0 ? "red\n" : "\"bl\"\"ue\"\n"), Head("moleculenet/ESOL.csv")],
            path => FeatureTable.Read(path)),
        Of(
            "smiles-csv", "smiles.csv",
            [Text("smiles\n", 5, row => $"C{new string('C', row)}O\n"), Head("moleculenet/Lipop.csv"),
                Head("smiles/guacamol_v1_valid.csv.gz")], path => SmilesCorpus.Read(path)),
        Of(
            "splits", "splits.csv",
            [Text("row_index,split1,split2\n", 12, row => $"{row},{(row % 3 == 0 ? "test" : row % 3 == 1 ? "valid" : "train")},train\n")],
            path => TableSplit.Read(path, 12)),
        Of("features", "features.csv", [Text("a,b\n", 6, row => $"{row},-1e-3\n")], path => new StoredFeatures(path)),
        Of(
            "jsonl", "metrics.jsonl", [Text("", 5, row => $"{{\"job\":\"weak\",\"step\":{row},\"epoch\":0.5,\"loss\":{row}.25}}\n")],
            path => JsonlMetricSink.Read(path)),
        Of(
            "yaml", "study.yaml", [Utf8(ConfigurationWriter.Write(new Study())), .. Repository("configs", "*.yaml")],
            path => ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromFile(path)], StudyRules.Check), words: Settings),
        Of(
            "sweep", "sweep.yaml",
            [.. Repository("configs/sweeps", "*.yaml"), Utf8("panels: 2b\n"
                + "grid: { zip: { seed: 0..3, weak.depth: [1, 2, 3, 4] }, product: { heads.tasks: 1..9 by 2 } }\n"
                + "where: weak.depth < 3\nslurm: { time: 1-2 }\n")],
            path => SweepFile.Load(path), words: Settings),
        Of(
            "plan", "plan.jsonl", Plan(),
            path => SweepPlan.ReadRuns(new SweepFolder(Path.GetDirectoryName(path)!), File.ReadAllBytes(path))),
        Of("summary", "summary.json", [Summary()], path => ResultFile.Read(Path.GetDirectoryName(path)!)),
        Of(
            "result", "result.json",
            [Utf8("""{"id":"0123456789abcdef","measures":{"gain":0.5,"misfit":null},"seconds":1.5"""
                + ""","finished":"2026-01-02T03:04:05+00:00","host":"a","failures":0,"deaths":1}""")],
            path => PlannedRun.Result.Read(Path.GetDirectoryName(path)!)),
        Of(
            "failure", "failure.json",
            [Utf8("""{"failures":1,"deaths":2,"message":"a","log_end":"b","last":"2026-01-02T03:04:05+00:00"}""")],
            path => PlannedRun.Failure.Read(Path.GetDirectoryName(path)!)),
        Of(
            "lease", "lease", [HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch).ToBytes()],
            path => _ = HeartbeatLease.Claim.Read(path)?.HolderIsAlive()),
        Of("manifest", "manifest.json", [Manifest()], path => Checkpoint.ReadManifest(Path.GetDirectoryName(path)!)),
        Of(
            "smiles", "molecule",
            [.. SyntheticMolecules.Generate(200, 1).SelectMany(molecule => new[] { Utf8(molecule.Aromatic), Utf8(molecule.Kekulised) }),
                Utf8("[13C@@H](F)(Cl)Br.[Na+]%12")], Tokenize),
        Of("lines", "tasks", [Utf8("1-3,7\n4-6\n9\n")], path => TaskFile.Read(path, 1)),
        Of(
            "duration", "duration", [Utf8("90s"), Utf8("2.5min"), Utf8("10%"), Utf8("500steps")],
            path => Duration.TryParse(File.ReadAllText(path), null, out _)),
        Of(
            "config", HuggingFaceFolder.ConfigurationFile, [Exported(HuggingFaceFolder.ConfigurationFile)],
            path => HuggingFaceFolder.Read(Path.GetDirectoryName(path)!), prepare: Export),
        Of(
            "vocabulary", HuggingFaceFolder.VocabularyFile, [Exported(HuggingFaceFolder.VocabularyFile)],
            path => SavedRepresentations.LoadEncoder(Path.GetDirectoryName(path)!), prepare: Export),
        Of(
            "safetensors", "weights.safetensors", [Exported(HuggingFaceFolder.WeightsFile), .. Shared("*.safetensors")],
            path => Weights(path)),
        Of("pytorch", "weights.pt", [.. Shared("*.pt"), .. Shared("*.pth")], path => Weights(path)),
        Of("tsv", "labels.tsv", [Text("label\tx\n", 12, row => $"{row}.5\t{row}\n")], Labels),
        Of("npy-labels", "labels.npy", [Npy("<f8", "12,", 96), Npy("<i8", "12,", 96)], Labels),
        Of("npy-features", "features.npy", [Npy("<f4", "2, 3", 24), Npy("<f2", "6,", 12)], path => _ = new StoredFeatures(path).Width),
        Of("npz", "labels.npz", [Npz(Npy("<f8", "12,", 96))], Labels),
        Of("safetensors-labels", "labels.safetensors", [Tensors("label", 12), .. Shared("*.safetensors")], Labels),
        Of(
            "npy", "descriptors.npy", [Npy("<f4", "2, 3", 24)], path => PreparedCorpus.Read(Path.GetDirectoryName(path)!),
            prepare: Prepared),
        .. FuzzedTexts.All,
    ];

    /// <inheritdoc cref="FuzzTarget" path="/param"/>
    /// <param name="seeds">Where one is null, what it is taken from is not here.</param>
    public static FuzzTarget Of(
        string name, string file, IReadOnlyList<byte[]?> seeds, Action<string> read, Action<string>? prepare = null,
        IReadOnlyList<byte[]>? words = null) =>
        new(name, file, [.. seeds.OfType<byte[]>().Append([])], words ?? [], prepare ?? (_ => { }), read);

    private static void Tokenize(string path)
    {
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(path));
        foreach (var name in MoleculeTokenizers.Names)
        {
            var tokenizer = MoleculeTokenizers.Find(name);
            var ids = new int[text.Length];
            if (!tokenizer.TryEncode(text, ids, out _, out var error)) tokenizer.Explain(text, error);
            MoleculeTokenizers.Find(name, MoleculeTokenizer.Unknown.Drop).Encode(text, ids, out _);
        }
    }

    private static void Labels(string path) =>
        new Datasets(new DataFolders([]), RunServices.Silent).Table(path, new Study { Data = [path] });

    private static void Weights(string path) => TensorFile.Read(path);

    // ---- Sound inputs ----------------------------------------------------------------------------------------------

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Text(string header, int rows, Func<int, string> row) =>
        Utf8(header + string.Concat(Enumerable.Range(0, rows).Select(row)));

    /// <summary>The beginning of a real file; null where it is not here.</summary>
    private static byte[]? Head(string file) =>
        Data.Find(file) is { } path ? File.ReadAllBytes(path)[..Math.Min(2000, (int)new FileInfo(path).Length)] : null;

    private static IEnumerable<byte[]> Repository(string folder, string pattern) =>
        Directory.GetFiles(Path.Combine(Bench.Repository.Root, folder), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    /// <summary>Files of weights of other projects; none where they are not here.</summary>
    private static IEnumerable<byte[]> Shared(string pattern) =>
        Data.Folders.Select(folder => Path.Combine(folder, "checkpoints")).FirstOrDefault(Directory.Exists) is { } checkpoints
        ? Directory.GetFiles(checkpoints, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];

    private static IReadOnlyList<byte[]> Plan() => InFolder(folder =>
    {
        Sweep.Plan(SweepFile.Parse("panels: [2b, 2c]\ngrid: { seed: 0..1 }", "sweep.yaml"), Path.Combine(folder, "sweep"));
        return (IReadOnlyList<byte[]>)[File.ReadAllBytes(Path.Combine(folder, "sweep", "plan.jsonl"))];
    });

    private static byte[] Summary() => InFolder(folder =>
    {
        var panel = new PanelResult(
            new Study(), "Gaussian tasks", "of no unit", "fused", new() { ["weak"] = 5 }, [],
            [new CellResult(0, 0.5, 0.25, 0.1, 0.25, new() { ["weak_mse"] = 0.5 })], 1);
        ResultFile.Write(folder, new Result(Result.StudyStage, [panel]));
        return File.ReadAllBytes(Path.Combine(folder, SummaryFile.FileName));
    });

    private static byte[] Manifest() => new CheckpointManifest
    {
        FormatVersion = CheckpointManifest.CurrentFormatVersion, Job = "weak", Fingerprint = "{}", Step = 5, Epoch = 0.5, Loss = 0.25,
        SavedUtc = DateTimeOffset.UnixEpoch,
        History = [new CheckpointManifest.LossPoint(1, 0.5)],
        Files = new Dictionary<string, CheckpointManifest.StoredFile> { [Checkpoint.StateFile] = new(8, new string('0', 64)) },
    }.ToJson();

    private static void Export(string folder)
    {
        var shape = new EncoderShape(MoleculeTokenizers.Find("smiles").VocabularySize, 4, 1, 2)
        {
            IntermediateSize = 8, MaximumLength = 8, Positions = PositionEncoding.Learned,
        };
        var weights = EncoderWeights.InitialiseEncoder(shape, 1, "fuzz");
        new HuggingFaceFolder(shape, weights, MoleculeTokenizers.Find("smiles").Vocabulary).Write(folder);
    }

    private static byte[] Exported(string file) => InFolder(folder =>
    {
        var its = Path.Combine(folder, "encoder");
        Export(its);
        return File.ReadAllBytes(Path.Combine(its, file));
    });

    /// <summary>A prepared corpus, whose sums are not asked for the array that is put in.</summary>
    private static void Prepared(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "molecules.csv"), "smiles,kekulised\nCCO,CCO\nCCN,CCN\n");
        File.WriteAllText(Path.Combine(folder, "corpus.json"), """
            {"molecules":2,"renumberings":0,"sources":[],"excluded":[],"limit":null,"seed":0,"skipped":{},"rdkit":"x",
                "descriptors":["a","b","c"],"missing_descriptors":[],"failed_descriptors":{},"sha256":{}}
            """);
    }

    private static byte[] Npy(string type, string shape, int bytes)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}".PadRight(117) + "\n";
        return [.. "\u0093NUMPY\u0001\0"u8[1..], (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header),
            .. Enumerable.Range(0, bytes).Select(place => (byte)(place % 7))];
    }

    public static byte[] Tensors(string name, int length)
    {
        using var memory = new MemoryStream();
        Safetensors.Write(memory, [NamedTensor.Of(name, new float[length], length)]);
        return memory.ToArray();
    }

    private static byte[] Npz(byte[] array)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("labels.npy", CompressionLevel.NoCompression).Open())
            entry.Write(array);
        return memory.ToArray();
    }

    /// <summary>In a folder that is there as long as it is made.</summary>
    public static T InFolder<T>(Func<string, T> make)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-fuzz-").FullName;
        try
        {
            return make(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
