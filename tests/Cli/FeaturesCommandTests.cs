using W2S.Data;
using W2S.Experiments;
using W2S.Models;

namespace W2S.Tests.Cli;

/// <summary>`features` and molecules of one's own, as a user types them.</summary>
public sealed class FeaturesCommandTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public FeaturesCommandTests()
    {
        foreach (var (name, hidden) in new[] { ("weak", 4), ("strong", 8) })
        {
            var tokenizer = MoleculeTokenizers.Find("smiles");
            var shape = new EncoderShape(tokenizer.VocabularySize, hidden, Layers: 1, Heads: 2) { MaximumLength = 100 };
            new HuggingFaceFolder(shape, EncoderWeights.InitialiseEncoder(shape, 1, name), tokenizer.Vocabulary).Write(Path.Combine(_program.Folder, name));
        }
        var molecules = SyntheticMolecules.Generate(60, 0);
        var rows = molecules.Index().Select(row => FormattableString.Invariant($"\"molecule, {row.Index}\",{(row.Index == 7 ? "[Mo]" : row.Item.Aromatic)},{row.Item.Property}"));
        File.WriteAllLines(Path.Combine(_program.Folder, "mine.csv"), ["name,structure,value", .. rows]);
    }

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Features_are_written_found_again_and_taught_with()
    {
        const string data = "--data mine.csv --smiles-column structure";
        var (code, output, error) = _program.Run($"features {data} --id name --encoder weak --out out/weak.npy");
        Assert.True(code == 0, error);
        Assert.Equal(["features   59 × 4 of mine, by weak", "rows       out/weak.ids.csv", "card       out/weak.npy.json", "out/weak.npy"], output.TrimEnd().Split('\n'));
        Assert.Contains("1 of 60 molecules of mine cannot be read", error);
        Assert.Equal(["line,identifier,smiles,reason", "9,\"molecule, 7\",[Mo]"], File.ReadAllLines(Path.Combine(_program.Folder, "out/weak.rejected.csv")).Select(line => line.Split(",The ")[0].Split(",\"The ")[0]));
        Assert.Contains("nothing was computed", _program.Run($"features {data} --id name --encoder weak --out out/weak.npy").Error);
        Assert.Equal(0, _program.Run($"features {data} --id name --encoder strong --out out/strong.csv.gz").ExitCode);

        // The same molecules by encoder and by file give the same errors, joined by identifiers.
        var byEncoder = _program.Run($"reproduce table1 {data} --label-column value --set table.id=name --weak weak --strong strong --out a --quiet");
        Assert.True(byEncoder.ExitCode == 0, byEncoder.Error);
        var byFile = _program.Run($"reproduce table1 {data} --label-column value --set table.id=name --weak features:out/weak.npy --strong strong --out b --quiet");
        Assert.True(byFile.ExitCode == 0, byFile.Error);
        Assert.Equal(Errors("a"), Errors("b"));
    }

    [Fact]
    public void Of_two_that_write_the_same_features_one_is_told_to_wait()
    {
        const string features = "features --data mine.csv --smiles-column structure --encoder weak --out a.npy";
        var partial = Directory.CreateDirectory(Path.Combine(_program.Folder, "a.npy.partial")).FullName;
        using (new FileStream(Path.Combine(partial, "run.lock"), FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var (code, _, error) = _program.Run(features);
            Assert.Equal(2, code);
            Assert.Contains("a.npy.partial is in use by", error);
        }
        Assert.Equal(0, _program.Run(features).ExitCode);
        Assert.False(Directory.Exists(partial));
    }

    [Theory]
    [InlineData("features --data mine.csv --smiles-column structure --encoder weak --out a.npy --strict", "1 of 60 molecules that cannot be read")]
    [InlineData("features --data mine.csv --smiles-column formula --encoder weak --out a.npy", "no column 'formula'")]
    [InlineData("features --data mine.csv --smiles-column structure --encoder weak --out a.pt", ".npy, .safetensors, .csv, .csv.gz")]
    [InlineData("features --data mine.csv --smiles-column structure --out a.npy", "--encoder FOLDER is needed")]
    [InlineData("features --encoder weak --out a.npy", "--data NAME is needed")]
    [InlineData("features --data gaussian --encoder weak --out a.npy", "")]
    [InlineData("features --data mine.csv --smiles-column structure --encoder absent --out a.npy", "There is no folder absent")]
    [InlineData("reproduce table1 --data mine.csv --smiles-column structure --label-column name --weak weak --strong strong", "line 2: the label 'molecule, 0' is no finite number")]
    [InlineData("train-weak --data synthetic-smiles --smiles-column structure --weak weak", "knows its own columns")]
    public void What_cannot_be_is_said_with_a_remedy(string arguments, string message)
    {
        var (code, _, error) = _program.Run(arguments);
        Assert.True(code == 2, error);
        Assert.Contains(message, error);
        Assert.False(File.Exists(Path.Combine(_program.Folder, "a.npy")));
    }

    /// <summary>rows.csv without names and times.</summary>
    private string[] Errors(string run)
    {
        var rows = CsvTable.Read(Path.Combine(_program.Folder, run, "rows.csv"), ["weak_error", "student_error", "strong_error", "misfit"]);
        return [.. rows.Rows.Select(row => string.Join(' ', row))];
    }
}
