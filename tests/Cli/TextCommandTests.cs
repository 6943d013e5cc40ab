using System.Globalization;
using W2S.Data;

namespace W2S.Tests.Cli;

/// <summary>Texts of one's own, as a user types them.</summary>
public sealed class TextCommandTests : IDisposable
{
    private static readonly string[] Words = ["red", "green", "cat", "dog", "sea", "moon"];

    private readonly BuiltProgram _program = new();

    public TextCommandTests() => File.WriteAllLines(
        Path.Combine(_program.Folder, "mine.csv"), ["T;Y;class", .. Enumerable.Range(0, 100).Select(Row)]);

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Weak_student_and_ceiling_are_fitted_and_measured()
    {
        const string data = "--data mine.csv --text-column T --label-column Y --w2s-on half --quiet";
        Succeed($"train-weak {data} --weak bag:4 --out weak");
        Succeed("train-w2s weak --strong bag:64 --quiet --out student");
        Succeed($"train-strong {data} --strong bag:64 --out ceiling");
        Assert.Contains("misfit", Succeed("evaluate student --ceiling ceiling --quiet"));
    }

    [Fact]
    public void Classes_of_texts_are_a_study_too()
    {
        const string settings = "--objective brier --solver adamw --set heads.standardise=false --head-epochs 5";
        const string texts = "--data mine.csv --text-column T --label-column class --weak bag:4,bag:8 --strong bag:64";
        Succeed($"reproduce essays {texts} {settings} --quiet --out run");
        Assert.Equal(1 + 2 * 3, File.ReadAllLines(Path.Combine(_program.Folder, "run/rows.csv")).Length);
    }

    [Fact]
    public void Features_of_texts_are_written()
    {
        var output = Succeed("features --data mine.csv --text-column T --encoder bag:16 --out bag.npy");
        Assert.StartsWith("features   100 × 16 of mine, by bag-16", output);
    }

    [Fact]
    public void An_encoder_that_was_pretrained_on_the_texts_that_no_split_evaluates_teaches_a_bag()
    {
        const string sizes = "--hidden 8 --layers 1 --epochs 1 --vocabulary-size 60 --max-length 6";
        var (code, output, error) = _program.Run($"pretrain --data mine.csv --text-column T {sizes} --save tiny");
        Assert.True(code == 0, error);
        Assert.Matches("mine.csv: [0-9]+ texts.* that a split evaluates left out", output);
        Assert.EndsWith("tiny\n", output);
        var vocabulary = File.ReadAllLines(Path.Combine(_program.Folder, "tiny/vocab.txt"));
        Assert.Contains("##o", vocabulary);
        Assert.Contains($"{vocabulary.Length} tokens learned", File.ReadAllText(Path.Combine(_program.Folder, "tiny/README.md")));

        const string data = "--data mine.csv --text-column T --label-column Y --pooling mean --long split";
        Succeed($"reproduce essays {data} --weak tiny,bag:4 --strong bag:64 --quiet --out run");
        Assert.Equal(1 + 2 * 3, File.ReadAllLines(Path.Combine(_program.Folder, "run/rows.csv")).Length);
        const string other = "has seen texts that other splits";
        Assert.DoesNotContain(other, _program.Run($"train-weak {data} --weak tiny --splits 0 --out own").Error);
        Assert.Contains(other, _program.Run($"train-weak {data} --weak tiny --folds 5 --out folds").Error);
    }

    [Fact]
    public void A_CamemBERT_is_a_strong_model_whichever_layer_is_read()
    {
        TinyCamembert.Write(Path.Combine(_program.Folder, "camembert"), Words);
        const string data = "--data mine.csv --text-column T --label-column Y --quiet";
        Succeed($"reproduce french-reviews {data} --weak bag:4 --strong camembert --long truncate --out run");
        Assert.Equal(1 + 3, File.ReadAllLines(Path.Combine(_program.Folder, "run/rows.csv")).Length);
        Succeed($"train-strong {data} --strong camembert@1:cls --out ceiling");
        var described = Succeed("checkpoints inspect camembert");
        Assert.Contains("roberta.encoder.layer.1.output.dense.weight", described);
    }

    [Fact]
    public void JSON_lines_are_the_table_that_CSV_is()
    {
        string[][] rows = [.. Enumerable.Range(0, 100).Select(row => Row(row).Split(';'))];
        File.WriteAllLines(Path.Combine(_program.Folder, "mine.jsonl"),
            rows.Select(row => $$"""{"Y": {{row[1]}}, "class": "{{row[2]}}", "T": "{{row[0]}}"}"""));
        const string rest = "--text-column T --label-column Y --weak bag:4";
        var (csv, json) = (Succeed($"train-weak --data mine.csv {rest} --out csv"), Succeed($"train-weak --data mine.jsonl {rest} --out json"));
        Assert.Equal(Table(csv), Table(json));

        static IEnumerable<string> Table(string output) => output.Split('\n').Where(line => line.Contains("test") || line.Contains("train"));
    }

    [Theory]
    [InlineData("pretrain --data essays --corpus mine.csv", "give the one or the other")]
    [InlineData("pretrain --vocabulary-size 100", "for transformers only")]
    [InlineData("pretrain --data mine.csv", "is a table: say with --text-column")]
    [InlineData("train-weak --data mine.csv --text-column TEXT --label-column Y --weak bag:4", "no column 'TEXT'")]
    [InlineData("train-weak --data mine.csv --text-column T --label-column class --weak bag:4", "the label '")]
    [InlineData("train-weak --data mine.csv --text-column T --label-column Y", "Nothing says what is to read the texts")]
    [InlineData("train-weak --text-column T --weak bag:4", "for tables only")]
    public void What_is_wrong_is_said_in_a_sentence(string command, string message)
    {
        var (code, _, error) = _program.Run(command);
        Assert.NotEqual(0, code);
        Assert.Contains(message, error);
        Assert.DoesNotContain("   at ", error);
    }

    private string Succeed(string command)
    {
        var (code, output, error) = _program.Run(command);
        Assert.True(code == 0, error);
        return output;
    }

    private static string Row(int row)
    {
        var random = new RandomStream(0, "texts", row);
        string[] words = [.. Enumerable.Range(0, 2 + random.NextInt(6)).Select(_ => Words[random.NextInt(Words.Length)])];
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(' ', words)};{words.Length};{(words.Length > 4 ? "long" : "short")}");
    }
}
