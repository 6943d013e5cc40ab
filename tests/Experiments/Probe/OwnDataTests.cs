using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace W2S.Experiments;

/// <summary>The scripts of docs/own-data.md, run as they stand, and probes of what they leave.</summary>
public sealed partial class OwnDataTests : IDisposable
{
    private readonly ProbeFiles _files = new();

    public void Dispose() => _files.Dispose();

    [SkippableFact]
    public void Features_from_PyTorch()
    {
        Run("torch_features.py");
        var panel = _files.Probe([_files["small.npy"]], _files["large.npy"], _files["labels.csv"]).Single();
        Assert.Equal((4, 64), (panel.Representations[0].Width, panel.Representations[1].Width));
        Assert.All(panel.Cells, cell => Assert.True(cell.StrongError < 0.2 * cell.WeakError && cell.Misfit > 0, $"{cell}"));
    }

    [SkippableFact]
    public void Everything_in_one_file_from_NumPy()
    {
        Run("numpy_features.py");
        var panel = _files.Probe([_files["all.npz:weak"]], _files["all.npz:strong"], _files["all.npz:y"], "folds=10").Single();
        Assert.Equal(("cross-entropy", 10), (panel.Options.Objective.Name, panel.Cells.Count));
        Assert.True(panel.Cells.Average(cell => cell.Measure("strong_test_accuracy")!.Value) > panel.Cells.Average(cell =>
            cell.Measure("weak_test_accuracy")!.Value) + 0.1);
    }

    [Fact]
    public void The_study_in_YAML_is_what_it_says()
    {
        var yaml = Regex.Match(Document(), "```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        _files.Write("mine.yaml", yaml);
        var study = StudyConfiguration.Resolve(Panel.Find([_files["mine.yaml"]]), Panel.DefaultPreset, [], []).Single();
        Assert.Equal("labels.csv", Assert.Single(study.Data));
        Assert.Equal("features:small.npy", Assert.Single(study.Weak.From));
        Assert.Equal("features:large.npy", Assert.Single(study.Strong.From));
    }

    private void Run(string name)
    {
        var script = Script().Matches(Document()).Single(match => match.Groups["name"].Value == name).Groups["text"].Value;
        // As a user would: in the folder of the data.
        _files.Write(name, "import os", $"os.chdir('{_files[""]}')", script);
        ProbeFiles.Python(_files[name]);
    }

    private static string Document([CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "own-data.md"));

    [GeneratedRegex("```python\n# (?<name>\\S+)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Script();
}
