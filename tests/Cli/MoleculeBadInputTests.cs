using System.IO.Compression;
using System.Text;

namespace W2S.Tests.Cli;

/// <summary>Files that are wrong, and what the stages on molecules say of them: exit code 2, the file, the place, the remedy; never a stack trace.</summary>
public sealed class MoleculeBadInputTests : IDisposable
{
    private const string Label = "measured log solubility in mols per litre";
    private readonly BuiltProgram _program = new();

    public MoleculeBadInputTests()
    {
        Directory.CreateDirectory(At("data/moleculenet"));
        File.WriteAllLines(At("mine.csv"), ((string[])["smiles"]).Concat(Enumerable.Range(1, 40).Select(length => new string('C', length))));
    }

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("smiles,solubility\nCC,1\nCCC,2\nCCCC,3\n", "ESOL.csv", Label)]
    [InlineData($"smiles,{Label}\nCC,1\nCCC,soluble\nCCCC,nan\n", "line 3: the label 'soluble' is no finite number", "line 4: the label 'nan'")]
    [InlineData($"smiles,{Label}\nCC,1\n,2\nCCCC,3\n", "line 3: the SMILES is empty", "Correct the rows")]
    [InlineData($"smiles,{Label}\nCC,1\nCCC,2\n", "row_index is '2', but the table has the rows 0 to 1", "Take the splits that were made for this table.")]
    [InlineData($"smiles,{Label}\nCC,1\nCCC,2\nC,3\nN,4\n", "says nothing of 1 of the table's 4 rows", "ESOL_splits.csv")]
    [InlineData($"smiles,{Label}\nCC,1\nC[Zz]C,2\nCCCC,3\n", "line 3: The tokenizer 'smiles' does not know", "ESOL.csv has 1 of 3 molecules that cannot be read")]
    public void A_table_that_is_wrong(string table, string cause, string more)
    {
        File.WriteAllText(At("data/moleculenet/ESOL.csv"), table);
        Splits("0,train", "1,valid", "2,test");
        Pretrained("tiny");
        Refused("train-weak --data esol --splits 122 --weak tiny", cause, more);
    }

    [Fact]
    public void A_molecule_that_is_too_long()
    {
        File.WriteAllText(At("data/moleculenet/ESOL.csv"), $"smiles,{Label}\nCC,1\n{new string('C', 511)},2\nCCCC,3\n");
        Splits("0,train", "1,valid", "2,test");
        Pretrained("tiny");
        Refused("train-weak --data esol --splits 122 --weak tiny", "line 3: 513 tokens with [CLS] and [SEP], and tiny reads at most 512", "Leave the molecule out.");
    }

    [Fact]
    public void A_split_that_has_a_row_twice()
    {
        File.WriteAllText(At("data/moleculenet/ESOL.csv"), $"smiles,{Label}\nCC,1\nCCC,2\nC,3\n");
        Splits("0,train", "1,valid", "2,test", "1,test");
        Pretrained("tiny");
        Refused("train-weak --data esol --weak tiny", "row 1 was divided before, on line 3", "Keep one of the two lines.");
    }

    [Fact]
    public void Rows_that_repeat_a_molecule_stay_and_are_counted()
    {
        File.WriteAllText(At("data/moleculenet/ESOL.csv"), $"smiles,{Label}\nCC,1\nCCC,2\nCC,3\nC,4\nCCCC,5\n");
        Splits("0,train", "1,train", "2,train", "3,valid", "4,test");
        Pretrained("tiny");
        var (code, _, error) = _program.Run("train-weak --data esol --splits 122 --weak tiny");
        Assert.True(code == 0, error);
        Assert.Contains("1 of 5 rows of ESOL repeat the SMILES of an earlier row", error);
    }

    [Fact]
    public void A_corpus_that_is_cut_short_or_has_one_molecule()
    {
        var text = Encoding.UTF8.GetBytes("smiles\n" + string.Concat(Enumerable.Range(1, 400).Select(length => $"C(={length % 7}){new string('N', length)}\n")));
        using (var whole = new MemoryStream())
        {
            using (var gzip = new GZipStream(whole, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text);
            File.WriteAllBytes(At("cut.csv.gz"), whole.ToArray()[..(int)(whole.Length / 2)]);
        }
        Refused("pretrain --corpus cut.csv.gz --hidden 8", "cut.csv.gz is a gzip file that is damaged or ends too early", "Fetch or copy it again.");
        File.WriteAllText(At("one.csv"), "smiles\nCCO\nCCO\n");
        Refused("pretrain --corpus one.csv --hidden 8", "one.csv gives one molecule", "1 duplicate");
    }

    [Fact]
    public void A_checkpoint_whose_shapes_do_not_fit()
    {
        Pretrained("tiny");
        var config = At("tiny/config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"hidden_size\": 8", "\"hidden_size\": 16"));
        Refused("train-weak --data synthetic-smiles --weak tiny", "model.safetensors", "is needed");
    }

    [Fact]
    public void A_pickle_that_asks_for_os_system()
    {
        using (var archive = ZipFile.Open(At("evil.ckpt"), ZipArchiveMode.Create))
        using (var pickle = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            pickle.Write([0x80, 2, .. "cos\nsystem\nX\u000b\0\0\0touch owned"u8, 0x85, (byte)'R', (byte)'.']);
        Refused("train-weak --data synthetic-smiles --weak molbert:evil.ckpt", "evil.ckpt", "os.system");
        Assert.False(File.Exists(At("owned")));
    }

    private void Refused(string command, params string[] causes)
    {
        var (code, output, error) = _program.Run(command);
        Assert.True(code == 2, $"{code}: {error}");
        Assert.Equal("", output);
        Assert.All(causes, cause => Assert.Contains(cause, error));
        Assert.DoesNotContain("   at ", error);
    }

    private void Pretrained(string name)
    {
        var (code, _, error) = _program.Run($"pretrain --corpus mine.csv --hidden 8 --layers 1 --epochs 1 --save {name}");
        Assert.True(code == 0, error);
    }

    private void Splits(params string[] rows) => File.WriteAllLines(At("data/moleculenet/ESOL_splits.csv"), rows.Prepend("row_index,split122"));

    private string At(string path) => Path.Combine(_program.Folder, path);
}
