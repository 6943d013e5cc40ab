using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using W2S.Data;
using W2S.Experiments;
using W2S.Papers;
using W2S.Reporting;
using W2S.Runs.Results;
using W2S.Training;

namespace W2S.Runs;

/// <summary>docs/outputs.md and what runs really write are the same.</summary>
[Collection(Alone.Name)]
public sealed partial class OutputsPageTests(OutputsPageTests.Runs runs) : IClassFixture<OutputsPageTests.Runs>
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Here(), "..", "..", "docs", "outputs.md"));

    /// <summary>Objects whose keys are names of something else: of tasks' measures, of panels, of files, of settings.</summary>
    private static readonly string[] Named = ["options", "measures", "spread", "files", "varies", "settings"];

    /// <summary>Sections with the files of a folder, the folders that were written, and the files that none of these runs has.</summary>
    public static TheoryData<string, string, string> Folders => new()
    {
        { "The folder of a study", "study classes table table-classes", "rejected.csv" },
        { "The folder of a stage", "weak student", "predictions.csv" },
        { "The folder of a representation", "study/representations/NAME encoder", "" },
        { "The folder of experiments", "experiments", "representations/NAME/" },
        { "The folder of a sweep", "sweep", "launches/NAME" },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_has_the_files_that_the_page_says_and_no_others(string section, string folders, string absent)
    {
        var documented = FirstCells(section).Select(file => (Name: file, Pattern: PatternOf(file))).ToList();
        var written = folders.Split(' ').SelectMany(runs.FilesIn).ToList();
        Assert.NotEmpty(written);
        Assert.All(written, file => Assert.True(documented.Exists(known => known.Pattern.IsMatch(file)), $"{section}: {file} is written, and not on the page."));
        Assert.All(documented.Where(known => !absent.Split(' ').Contains(known.Name)), known =>
            Assert.True(written.Exists(known.Pattern.IsMatch), $"{section}: {known.Name} is on the page, and not written."));
    }

    [Theory]
    [InlineData("rows.csv", "study classes table table-classes weak student")]
    [InlineData("predictions.csv", "table table-classes")]
    public void A_table_has_the_columns_that_the_page_says_and_no_others(string name, string folders)
    {
        var documented = FirstCells(name).Select(column => (Name: column, Pattern: PatternOf(column))).ToList();
        var written = folders.Split(' ').SelectMany(folder => File.ReadLines(Path.Combine(runs.Path(folder), name)).First().Split(',')).Distinct().ToList();
        Assert.All(written, column => Assert.True(documented.Exists(known => known.Pattern.IsMatch(column)), $"{name}: {column} is written, and not on the page."));
        Assert.All(documented, known => Assert.True(written.Exists(known.Pattern.IsMatch), $"{name}: {known.Name} is on the page, and not written."));
    }

    [Theory]
    [InlineData("metrics.jsonl and metrics.csv", "metrics.jsonl", "study table stopping")]
    [InlineData("summary.json", "summary.json", "study classes table table-classes weak student")]
    [InlineData("summary.json of a representation", "summary.json", "study/representations/NAME")]
    [InlineData("summary.json of experiments", "summary.json", "experiments")]
    [InlineData("manifest.json", "step-N/manifest.json", "study/representations/NAME")]
    [InlineData("encoder.json", "encoder.json", "encoder")]
    [InlineData("plan.jsonl", "plan.jsonl", "sweep")]
    [InlineData("sweep.json", "sweep.json", "sweep")]
    [InlineData("result.json", "runs/HH/ID/result.json", "sweep")]
    public void Every_key_of_a_JSON_file_is_on_the_page(string section, string file, string folders)
    {
        var documented = CodeSpan().Matches(Section(section)).Select(span => span.Groups["code"].Value).ToHashSet();
        var pattern = PatternOf(file);
        var files = folders.Split(' ').SelectMany(folder => runs.FilesIn(folder).Where(found => pattern.IsMatch(found)).Select(found => Path.Combine(runs.Path(folder), found))).ToList();
        Assert.NotEmpty(files);
        var written = files.SelectMany(path => Documents(path)).SelectMany(Keys).ToHashSet();
        Assert.All(written, key => Assert.True(documented.Contains(key), $"{section}: {key} is written, and not on the page."));
        Assert.All(TableKeys(section), key => Assert.True(written.Contains(key), $"{section}: {key} is on the page, and not written."));
    }

    private static IEnumerable<JsonElement> Documents(string path) => path.EndsWith(".jsonl", StringComparison.Ordinal)
        ? File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
        : [JsonDocument.Parse(File.ReadAllText(path)).RootElement];

    /// <summary>All keys at any depth, but for those that are names of something else.</summary>
    private static IEnumerable<string> Keys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Inner(property).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Keys),
        _ => [],
    };

    private static IEnumerable<string> Inner(JsonProperty property) =>
        !Named.Contains(property.Name) ? Keys(property.Value)
        : property.Name is "spread" or "files" ? property.Value.EnumerateObject().SelectMany(named => Keys(named.Value))
        : [];

    private static string Section(string title) => Regex.Match(Page, $"^## {Regex.Escape(title)}\n(.*?)(?=^## |\\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value is { Length: > 0 } text
        ? text
        : throw new InvalidOperationException($"The page has no section {title}.");

    /// <summary>What stands in code in the first cells of a section's tables.</summary>
    private static IEnumerable<string> FirstCells(string section) =>
        from row in Section(section).Split('\n')
        where row.StartsWith("| `", StringComparison.Ordinal)
        from Match span in CodeSpan().Matches(row.Split('|')[1])
        select span.Groups["code"].Value;

    private static IEnumerable<string> TableKeys(string section) => FirstCells(section).Distinct();

    /// <summary>Words in capitals stand for what varies; what ends in / for all that lies below.</summary>
    private static Regex PatternOf(string documented) => new($"^{Placeholder().Replace(Regex.Escape(documented), word => word.Value switch
    {
        "N" => "[0-9]+",
        "MODEL" => "(weak|student|strong)",
        "PART" => "(valid|test)",
        "LAST" or "BEST" => word.Value,
        _ => "[^/]+",
    })}{(documented.EndsWith('/') ? "" : "$")}");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("(?<![A-Za-z])[A-Z]+(?![A-Za-z])")]
    private static partial Regex Placeholder();

    /// <summary>One run of each kind.</summary>
    public sealed class Runs : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Runs()
        {
            var all = RunServices.Silent with { Formats = MetricFormats.Csv | MetricFormats.TensorBoard };
            SmallStudies.Of("2b 2c", [0, 1]).Run(_folder["study"], run: all);
            SmallStudies.Of("kl2c").Run(_folder["classes"]);
            SmallStudies.Of("2c", "heads.early_stopping.criterion=loss").Run(_folder["stopping"]);
            Tables();
            var stages = new StageRuns(_folder["stages"], new DataFolders(["."]), 1, new TrainingOptions(), force: false, "the command", RunServices.Silent);
            var weak = stages.Train("weak", SmallStudies.Of("2b").Single(), _folder["weak"]);
            stages.TrainStudent(weak.Folder, SmallStudies.Of("2b").Single(), _folder["student"]);
            SmallExperiments.Run("calibration", _folder["experiments"]);
            Sweep();
            Encoder();
        }

        /// <summary>Relative to a run's folder, which may be one of several that NAME stands for.</summary>
        public IEnumerable<string> FilesIn(string folder) =>
            Directory.EnumerateFiles(Path(folder), "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path(folder), file));

        public string Path(string folder) => folder.EndsWith("/NAME", StringComparison.Ordinal)
            ? Directory.EnumerateDirectories(_folder[folder[..^"/NAME".Length]]).Order(StringComparer.Ordinal).First()
            : _folder[folder];

        public void Dispose() => _folder.Dispose();

        private void Tables()
        {
            var random = new RandomStream(0, "rows");
            var rows = Enumerable.Range(0, 60).Select(row => (Row: row, X: random.NextNormal(), Y: random.NextNormal())).ToList();
            Write("numbers", "label", row => NumberText.Exact(row.X + row.Y));
            Write("classes", "class", row => row.X + row.Y > 0 ? "yes" : "no");
            Write("weak", "a", row => NumberText.Exact(row.X));
            Write("strong", "a,b", row => $"{NumberText.Exact(row.X)},{NumberText.Exact(row.Y)}");
            string[] settings = [$"weak.from=[features:{_folder["weak.csv"]}]", $"strong.from=[features:{_folder["strong.csv"]}]", "table.id=id"];
            Run("table", $"data=[{_folder["numbers.csv"]}]", "random_splits=[0]", "heads.solver=adamw", "heads.optimiser.epochs=5");
            Run("table-classes", $"data=[{_folder["classes.csv"]}]", "folds=3", "objective.name=cross-entropy", "heads.solver=newton", "heads.newton.ridge=1e-4", "classes.smoothing=0.01");

            void Write(string name, string header, Func<(int Row, double X, double Y), string> cells) =>
                File.WriteAllLines(_folder[$"{name}.csv"], rows.Select(row => $"{row.Row},{cells(row)}").Prepend($"id,{header}"));

            void Run(string name, params string[] own) => StudyConfiguration.Resolve(
                Panel.Find(["table1"]), "paper", [.. settings.Concat(own).Select(ConfigurationLayer.FromAssignment)], []).Run(_folder[name]);
        }

        private void Sweep()
        {
            var plan = SmallSweeps.Plan(_folder["sweep"], "panels: [2b, 2c]\ngrid: { pretraining.optimiser.learning_rate: [0.001, 1e6] }\nretries: 0");
            plan.Work();
            SweepCollection.Read(plan).Write(SweepStatus.Of(plan, TimeProvider.System), new ReportContext("sweep collect"));
        }

        private void Encoder()
        {
            var settings = new EncoderSettings
            {
                Corpora = [MoleculeDataSet.SyntheticName], Hidden = 8, Layers = 1, Pretraining = new EncoderPretrainingOptions { Epochs = 1, Batch = 100 },
            };
            var trained = new EncoderStore(_folder["encoders"], new TrainingOptions(), new DataFolders(["."]), RunServices.Silent).Obtain(settings);
            Directory.Move(trained.Folder, _folder["encoder"]);
        }
    }
}
