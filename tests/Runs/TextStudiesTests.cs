using System.Globalization;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Training;

namespace W2S.Runs;

/// <summary>Texts through the one pipeline: a column of a CSV file, read by a tiny BERT of letters and by hashed bags of words.</summary>
public sealed class TextStudiesTests : IDisposable
{
    private static readonly string[] Words = ["red", "green", "blue", "cat", "dog", "sea", "moon", "tree"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Dataset.Protocol.Train)]
    [InlineData(Dataset.Protocol.Valid)]
    [InlineData(Dataset.Protocol.Half)]
    public void A_bag_teaches_an_encoder_and_single_stages_give_the_bits_of_the_whole_study(Dataset.Protocol protocol)
    {
        var study = Study($"protocol={protocol.ToString().ToLowerInvariant()}");
        var whole = Run(study);
        Assert.Equal(3, whole.Cells.Count);
        Assert.All(whole.Cells, cell => Assert.True(cell is { Misfit: > 0, StudentError: > 0 }));
        var weak = Stages().Train("weak", study, _folder["weak-run"]);
        ConfigurationLayer[] said =
        [
            ConfigurationLayer.FromOption("--strong", "strong.from", study.Strong.From[0]),
            ConfigurationLayer.FromAssignment($"protocol={protocol}"),
        ];
        var settings = StudyConfiguration.Student(weak.Folder, _folder.Path, said);
        var student = Stages().TrainStudent(weak.Folder, settings, _folder["student-run"]);
        Assert.Equal(whole.Cells.Select(Numbers), student.Panel.Cells.Select(Numbers));

        static (double?, double?, double?) Numbers(CellResult cell) => (cell.WeakError, cell.StudentError, cell.Misfit);
    }

    [Fact]
    public void The_number_of_words_is_learned_from_a_wide_bag()
    {
        var result = Run(Study("weak.from=bag:2", "strong.from=bag:256"));
        Assert.All(result.Cells, cell => Assert.InRange(cell.StrongError!.Value, 0, 0.5 * cell.WeakError!.Value));
    }

    [Fact]
    public void Classes_are_fitted_by_cross_entropy()
    {
        var study = Study(
            "table.columns=kind", "objective.name=cross-entropy", "classes.smoothing=0.1", "heads.solver=newton", "heads.standardise=false",
            "heads.newton.ridge=0.001", "weak.from=bag:32", "strong.from=bag:64");
        var result = Run(study);
        Assert.InRange(result.Cells.Average(cell => cell.Measure("student_test_accuracy")!.Value), 0.7, 1);
    }

    [Fact]
    public void Texts_that_are_longer_than_the_encoder_reads_lose_their_ends_and_are_counted()
    {
        var lines = new LogLines();
        Run(Study($"strong.from={TinyBert()}@1:max"), RunServices.Silent with { Log = lines.Logger });
        Assert.Contains(lines.All, line => line.Contains(
            "1 of 120 texts of \"mine\" are longer than the 40 tokens that \"tiny-layer1-max\" reads"));
    }

    [Theory]
    [InlineData("weak.from=[]", "Nothing says what is to read the texts: name a weak representation")]
    [InlineData("weak.from=bag:0", "'bag:0' is no bag of words")]
    [InlineData("strong.from=bag:16:4", "'bag:16:4' is no bag of words")]
    [InlineData("table.smiles_column=text", "A table is of molecules or of texts")]
    [InlineData("table.pair_column=kinds", "no column 'kinds'; did you mean 'kind'?")]
    [InlineData("data=essays", "essays knows its own columns")]
    [InlineData("table.text_column=txt", "no column 'txt'; did you mean 'text'?")]
    public void What_cannot_be_is_refused_with_a_remedy(string assignment, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Run(Study(assignment))).Message);

    [Fact]
    public void Molecules_are_no_texts_for_a_bag_of_words()
    {
        var study = Bound("data=synthetic-smiles", "weak.from=bag:8", "strong.from=bag:64");
        Assert.Contains("bag-8 reads texts, and Synthetic SMILES has none",
            Assert.Throws<UserErrorException>(() => Run(study)).Message);
    }

    [Fact]
    public void Pairs_are_read_as_both_texts_and_what_differs_between_them()
    {
        var rows = Enumerable.Range(0, 12).Select(row => $"red cat,{(row % 2 == 0 ? "red cat" : "blue sea")},{row % 2}");
        File.WriteAllLines(_folder["pairs.csv"], ["text,other,label", .. rows]);
        var study = Bound(
            $"data={_folder["pairs.csv"]}", "table.text_column=text", "table.pair_column=other", "weak.from=bag:64", "strong.from=bag:128");
        var table = study.Table.Texts(_folder["pairs.csv"], null).Load();
        var pairs = SavedRepresentations.Load(study.Weak, study, 1, new FeatureCache(null), RunServices.Silent);
        var features = pairs.Features(new Examples.OfTable(0, table, [[0, 1]])).Task(0).ToArray();
        float[] same = features[..192], different = features[192..];
        Assert.Equal(same[..64], same[64..128]);
        Assert.All(same[128..], difference => Assert.Equal(0, difference));
        Assert.Equal(same[..64], different[..64]);
        Assert.Equal(different[..64].Zip(different[64..128], (u, v) => MathF.Abs(u - v)), different[128..]);
        Assert.Contains(different[128..], difference => difference > 0);
    }

    [Fact]
    public void A_folder_that_has_the_name_of_a_width_is_not_meant()
    {
        Directory.CreateDirectory(_folder["64"]);
        Assert.Equal(["bag:64"], Bound("data=essays", "weak.from=bag:64", "strong.from=bag:128").LookedForIn(_folder.Path).Weak.From);
    }

    [Fact]
    public void A_bag_that_is_stopped_says_so()
    {
        var stop = new StopSignal();
        stop.Set("the test");
        var table = Study().Table.Texts(_folder["mine.csv"], null).Load();
        var bag = new BagOfWords("bag:8", 1, new FeatureCache(null), RunServices.Silent with { Stop = stop });
        Assert.Throws<StoppedException>(() => bag.Features(new Examples.OfTable(0, table, [[0, 1]])));
    }

    [SkippableFact]
    public void Fifty_real_essays_are_read_by_an_encoder_and_a_bag()
    {
        Skip.If(RepositoryData.Folders.Find("text/ellipse_essays.csv.gz") == null,
            "The essays are not here. Let W2S_DATA name a folder that has them.");
        var essays = TextDataSet.Find("essays")!.Load(RepositoryData.Folders, null, asClasses: false);
        var rows = Enumerable.Range(0, 50).Select(row => FormattableString.Invariant(
            $"{CsvTable.Cell(essays.Texts[row])},{essays.Labels[row]},x"));
        File.WriteAllLines(_folder["mine.csv"], ["text,words,kind", .. rows]);
        var result = Run(Study("weak.from=bag:8"));
        Assert.All(result.Cells, cell => Assert.InRange(cell.StudentError!.Value, 1e-3, 10));
    }

    private Study Study(params string[] assignments)
    {
        var file = _folder["mine.csv"];
        if (!File.Exists(file)) File.WriteAllLines(file, ["text,words,kind", .. Enumerable.Range(0, 120).Select(Row)]);
        return Bound(
        [
            $"data={file}", "table.text_column=text", "table.columns=words", "weak.from=bag:4", $"strong.from={TinyBert()}@1:mean",
            .. assignments,
        ]);
    }

    /// <summary>Some words, how many they are, and whether most are colours; the sixth text is too long for the tiny encoder.</summary>
    private static string Row(int row)
    {
        var random = new RandomStream(0, "texts", row);
        var count = row == 5 ? 30 : 2 + random.NextInt(6);
        string[] words = [.. Enumerable.Range(0, count).Select(_ => Words[random.NextInt(Words.Length)])];
        var isColourful = words.Count(word => Array.IndexOf(Words, word) < 3) * 2 > words.Length;
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(' ', words)},{Math.Min(words.Length, 8)},{(isColourful ? "colours" : "things")}");
    }

    /// <summary>A Hugging Face folder of a BERT that has learned nothing and reads 40 letters.</summary>
    private string TinyBert()
    {
        if (Directory.Exists(_folder["tiny"])) return _folder["tiny"];
        string[] letters = [.. Enumerable.Range('a', 26).Select(letter => $"{(char)letter}")];
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. letters, .. letters.Select(letter => $"##{letter}")];
        var shape = new EncoderShape(vocabulary.Length, 8, Layers: 2, Heads: 2)
        {
            MaximumLength = 40, Positions = PositionEncoding.Learned,
        };
        var weights = EncoderWeights.InitialiseEncoder(shape, 1, "tiny BERT");
        foreach (var parameter in weights.Parameters.Where(parameter => parameter.Shape.Length == 2))
            foreach (ref var value in weights[parameter.Name]) value *= 15;
        new HuggingFaceFolder(shape, weights, vocabulary).Write(_folder["tiny"]);
        return _folder["tiny"];
    }

    private static Study Bound(params string[] assignments) =>
        StudyConfiguration.Resolve([new Panel("mine", [.. assignments.Select(ConfigurationLayer.FromAssignment)])], "paper", [], [])
            .Single();

    private PanelResult Run(Study study, RunServices? run = null) => new Studies(new DataFolders(["."]), 1, new TrainingOptions(), "test")
        .Run([study], _folder["run"], force: false, run ?? RunServices.Silent).Panels.Single();

    private StageRuns Stages() =>
        new(_folder.Path, new DataFolders(["."]), 1, new TrainingOptions(), force: false, "test", RunServices.Silent);
}
