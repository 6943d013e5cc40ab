using W2S.Data;
using W2S.Reporting.Tables;

namespace W2S.Experiments;

/// <summary>What is wrong with files is told before anything is computed, in one paragraph with the remedy.</summary>
public sealed class ProbeChecksTests : IDisposable
{
    private readonly ProbeFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Other_numbers_of_rows() => Refused("has 19 rows and labels 20", "--id", strong: Rows(19));

    [Fact]
    public void Numbers_that_are_none()
    {
        Refused("strong.csv, row 3, column 1 ('b') (from 0): NaN is no finite number", "leave it "
            + "out", strong: [.. Rows(20).Select((row, place) => place == 4 ? "1,nan" : row)]);
        Refused("strong.csv, row 0, column 0 ('a') (from 0): -Infinity", "leave it "
            + "out", strong: [.. Rows(20).Select((row, place) => place == 1 ? "-inf,2" : row)]);
    }

    [Fact]
    public void Features_that_single_precision_does_not_hold() =>
        Refused("strong.csv, row 3, column 1 ('b') (from 0): 1E+300 is too large: single precision ends at 3.4e38", "Scale the column",
            strong: [.. Rows(20).Select((row, place) => place == 4 ? "1,1e300" : row)]);

    [Fact]
    public void Labels_that_single_precision_does_not_hold() =>
        Refused("labels.csv, line 4: the label '-1e200' is too large", "Correct the row", labels: ["label", "1", "2", "-1e200", .. Numbers(17)]);

    [Fact]
    public void Text_where_numbers_are_asked_for() =>
        Refused("labels.csv, line 3: the label 'blue' is no finite "
            + "number", "classes", labels: ["label", "1", "blue", .. Numbers(18)], settings: "objective.name=squared");

    [Fact]
    public void An_identifier_that_is_missing() =>
        Refused("has no row for 1 of the 20 identifiers of labels, the first of them 'k7'", "take them out of the labels",
        strong: Named(row => row == 7 ? "other" : $"k{row}"), weak: Named(row => $"k{row}"), labels: NamedLabels(row => $"k{row}"),
            settings: "table.id=id");

    [Fact]
    public void An_identifier_that_is_there_twice()
    {
        Refused("the identifier 'k4' stands in row 4 and again in row 5", "Keep one",
            strong: Named(row => row == 5 ? "k4" : $"k{row}"), weak: Named(row => $"k{row}"), labels: NamedLabels(row => $"k{row}"),
                settings: "table.id=id");
        Refused("labels.csv, line 7: the identifier 'k4' stands in", "--id",
            strong: Named(row => $"k{row}"), weak: Named(row => $"k{row}"), labels: NamedLabels(row => row == 5 ? "k4" : $"k{row}"),
                settings: "table.id=id");
    }

    [Fact]
    public void Files_that_name_their_rows_otherwise()
    {
        _files.Write("weak.ids.csv", Enumerable.Range(0, 20).Select(row => $"k{row}").Prepend("id"));
        _files.Write("strong.ids.csv", Enumerable.Range(0, 20).Select(row => $"k{(row < 3 ? row : 22 - row)}").Prepend("id"));
        Refused("row 3 (from 0) is 'k3' there and 'k19' here", "--id");
    }

    [Fact]
    public void A_class_of_the_test_part_that_training_lacks() =>
        Refused("no row of the train part is of the class rare", "classes.smoothing",
        labels: ["class", .. Enumerable.Range(0, 20).Select(row => row == 19 ? "rare" : row % 2 == 0 ? "even" : "odd")],
        splits: ["s0", .. Enumerable.Range(0, 20).Select(row => row < 15 ? "train" : "test")],
            settings: "objective.name=brier;classes.smoothing=0");

    [Theory]
    [InlineData("train", "train", "the test part of split 0 is empty")]
    [InlineData("test", "test", "the train part of split 0 is empty")]
    [InlineData("train", "held-out", "'held-out' in the column s0 is no part of a split")]
    public void Splits_that_leave_a_stage_without_rows(string first, string rest, string message) =>
        Refused(message, "", splits: ["s0", .. Enumerable.Range(0, 20).Select(row => row < 15 ? first : rest)]);

    [Fact]
    public void A_student_without_rows() => Refused("the student has no row", "--w2s-on",
        splits: ["s0", .. Enumerable.Range(0, 20).Select(row => row < 15 ? "train" : "test")], settings: "protocol=valid");

    [Fact]
    public void Rows_in_two_parts()
    {
        Refused("line 5: the row is in 2 parts", "exactly "
            + "one", splits: ["train,valid,test", .. Enumerable.Range(0, 20)
            .Select(row => row == 3 ? "1,0,1" : row < 15 ? "1,0,0" : "0,0,1")]);
        Refused("line 5: the row is in no part", "exactly "
            + "one", splits: ["train,valid,test", .. Enumerable.Range(0, 20)
            .Select(row => row == 3 ? "0,0,0" : row < 15 ? "1,0,0" : "0,0,1")]);
    }

    [Fact]
    public void Splits_of_another_table() => Refused("divides 19 rows, and the table has 20", "Take the "
        + "splits", splits: ["s0", .. Enumerable.Range(0, 19).Select(row => row < 15 ? "train" : "test")]);

    [Fact]
    public void Features_that_contain_the_label_are_told_by_a_perfect_ceiling()
    {
        var random = new RandomStream(1, "leak");
        string[] labels = ["label", .. Enumerable.Range(0, 200).Select(_ => FormattableString.Invariant($"{random.NextNormal():R}"))];
        _files.Write("weak.csv", Enumerable.Range(0, 200).Select(row => $"{row % 7}").Prepend("a"));
        _files.Write("strong.csv", labels.Skip(1).Select(label => $"{label},{random.NextInt(5)}").Prepend("leak,b"));
        var panels = _files.Probe([_files["weak.csv"]], _files["strong.csv"], _files.Write("labels.csv", labels), "heads.solver=exact");
        Assert.Contains(Verdict.Of(panels), sentence => sentence.Contains("contain the label", StringComparison.Ordinal));
    }

    [Fact]
    public void Constant_columns_are_counted()
    {
        _files.Write("strong.csv", Enumerable.Range(0, 20).Select(row => $"{row},1,{row * row},1").Prepend("a,b,c,d"));
        Assert.Equal(2, SavedRepresentations.OpenFeatures("features:" + _files["strong.csv"], new Study(),
            Training.RunServices.Silent).ConstantColumns);
    }

    private void Refused(string what, string remedy, string[]? weak = null, string[]? strong = null, string[]? labels = null,
        string[]? splits = null, string? settings = null)
    {
        var (one, other, truth) = (_files.Write("weak.csv", weak ?? Rows(20)), _files.Write("strong.csv", strong ?? Rows(20)),
            _files.Write("labels.csv", labels ?? ["label", .. Numbers(20)]));
        string[] said = [.. splits == null ? [] : new[] { $"table.splits={_files.Write("splits.csv", splits)}" }, .. settings?.Split(';')
            ?? []];
        var message = Assert.Throws<UserErrorException>(() => _files.Probe("refused", [one], other, truth, said)).Message;
        Assert.Contains(what, message);
        Assert.Contains(remedy, message);
        Assert.False(Directory.Exists(_files["refused"]));
    }

    private static string[] Rows(int count) => ["a,b", .. Enumerable.Range(0, count).Select(row => $"{row % 5},{row * row}")];

    private static string[] Named(Func<int, string> name) =>
        ["id,a,b", .. Enumerable.Range(0, 20).Select(row => $"{name(row)},{row % 5},{row * row}")];

    private static string[] NamedLabels(Func<int, string> name) =>
        ["id,label", .. Enumerable.Range(0, 20).Select(row => FormattableString.Invariant($"{name(row)},{row / 3.0}"))];

    private static string[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(row => FormattableString.Invariant($"{row / 3.0}"))];
}
