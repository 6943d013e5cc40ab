using System.Diagnostics;
using System.Globalization;
using W2S.Data;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Files as users bring them, and probes of them.</summary>
internal sealed class ProbeFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>Labels and two overlapping sets of features of random rows, with an identifier each.</summary>
    public static (string[] Ids, double[][] Weak, double[][] Strong, double[] Labels) Draw(int rows, long seed = 1)
    {
        var random = new RandomStream(seed, "probe files");
        var strong = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 6).Select(_ => random.NextNormal()).ToArray()).ToArray();
        double[][] weak = [.. strong.Select(row => (double[])[Math.Tanh(row[0] + row[1]), Math.Tanh(row[2] - row[3] + row[0] / 2),
            row[4] * row[5]])];
        double[] labels = [.. strong.Select(row => 1 + row[0] - 2 * row[1] + row[2] + 0.5 * row[4] + 0.2 * random.NextNormal())];
        return ([.. Enumerable.Range(0, rows).Select(row => $"row{row:D4}")], weak, strong, labels);
    }

    /// <summary>A CSV file with the column id, in the order asked for.</summary>
    public string Write(string name, string[] ids, double[][] values, IEnumerable<int>? order = null, string column = "f")
    {
        order ??= Enumerable.Range(0, ids.Length);
        var header = string.Join(',', Enumerable.Range(0, values[0].Length)
            .Select(place => values[0].Length == 1 ? column : $"{column}{place}"));
        return Write(name, order.Select(row => $"{ids[row]},{Cells(values[row])}").Prepend($"id,{header}"));

        static string Cells(double[] row) => string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
    }

    public string Write(string name, params IEnumerable<string> lines)
    {
        File.WriteAllLines(_folder[name], lines);
        return _folder[name];
    }

    /// <summary>Runs a probe as the command does.</summary>
    /// <param name="settings">"table.id=id".</param>
    public IReadOnlyList<PanelResult> Probe(string[] weak, string strong, string labels, params string[] settings) =>
        Probe($"run{Guid.NewGuid():N}", weak, strong, labels, settings);

    public IReadOnlyList<PanelResult> Probe(string folder, string[] weak, string strong, string labels, params string[] settings)
    {
        var studies = Studies(weak, strong, labels, settings);
        ProbeStudy.Check(studies[0], Folders, RunServices.Silent);
        return studies.Run(_folder[folder]);
    }

    public static IReadOnlyList<Study> Studies(string[] weak, string strong, string labels, params string[] settings)
    {
        var panel = ProbeStudy.PanelOf(weak, strong, labels, ProbeStudy.Task.Auto, [.. settings.Select(ConfigurationLayer.FromAssignment)],
            Serilog.Core.Logger.None);
        return StudyConfiguration.Resolve([panel], Panel.DefaultPreset, [], []);
    }

    /// <summary>What a script of this folder prints; skips where Debian's Python lacks what it needs.</summary>
    public static string Python(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, script))) start.ArgumentList.Add(argument);
        Skip.IfNot(File.Exists(start.FileName), "There is no /usr/bin/python3; ./run.sh setup peers installs it with PyTorch.");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Skip.If(error.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal), $"Python lacks a module: "
            + $"{error.Result.TrimEnd().Split('\n')[^1]}; ./run.sh setup peers installs PyTorch and NumPy.");
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    /// <summary>A file of the real data; skips where it is absent.</summary>
    public static string Real(string name, [System.Runtime.CompilerServices.CallerFilePath] string file = "")
    {
        var folder = Environment.GetEnvironmentVariable("W2S_DATA")
            ?? Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "..", "shared", "data");
        Skip.IfNot(File.Exists(Path.Combine(folder, name)), $"{name} is not here. Let W2S_DATA name a folder that has it.");
        return Path.Combine(folder, name);
    }

    private static DataFolders Folders => new(["."]);
}
