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

    [Theory]
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
