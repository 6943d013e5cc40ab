using System.Text;

namespace W2S.Data.Tests;

/// <summary>.npy files against NumPy itself, which writes them.</summary>
public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Every_type_order_version_and_endianness_gives_the_numbers_that_NumPy_wrote()
    {
        NumPy.Run(_folder.Path("."), """
            base = np.arange(-6, 9).reshape(5, 3)
            for kind in ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8']:
                for end in '<>':
                    for order in 'CF':
                        for version in [(1, 0), (2, 0), (3, 0)]:
                            with open(f'{kind}{"lb"[end == ">"]}{order}{version[0]}.npy', 'wb') as f:
                                np.lib.format.write_array(f, np.array(base, dtype=end + kind, order=order), version=version)
            for kind in ['u1', 'u2', 'u4', 'u8']:
                np.save(f'{kind}.npy', (base + 6).astype('>' + kind))
            np.save('flag.npy', base > 0)
            np.save('line.npy', base[:, 1].astype('<f4'))
            """);
        var files = Directory.GetFiles(_folder.Path("."), "*.npy");
        Assert.Equal(7 * 2 * 2 * 3 + 6, files.Length);
        foreach (var path in files)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            double[] expected = [.. Enumerable.Range(-6, 15).Select(number => name[0] == 'u' ? number + 6.0 : name == "flag" ? number > 0 ? 1 : 0 : number)];
            if (name == "line") expected = [-5, -2, 1, 4, 7];
            using var array = ArrayFile.Open(path);
            Assert.Equal((5, name == "line" ? 1 : 3), ((int)array.Rows, array.Width));
            var (singles, doubles) = (new float[expected.Length], new double[expected.Length]);
            array.Read(0, singles);
            array.Read(0, doubles);
            Assert.Equal(expected, doubles);
            Assert.Equal(expected, singles.Select(value => (double)value));
        }
    }

    [SkippableTheory]
    [InlineData("C")]
    [InlineData("F")]
    public void Any_block_of_rows_is_the_same_part_of_the_whole(string order)
    {
        NumPy.Run(_folder.Path("."), $"np.save('a.npy', np.asarray(np.random.default_rng(0).normal(size=(1000, 7)), order='{order}'))");
        using var array = ArrayFile.Open(_folder.Path("a.npy"));
        var whole = new double[array.Rows * array.Width];
        array.Read(0, whole);
        foreach (var (first, count) in new[] { (0, 1), (999, 1), (0, 1000), (137, 500), (1000, 0) })
        {
            var block = new double[count * array.Width];
            array.Read(first, block);
            Assert.Equal(whole[(first * array.Width)..((first + count) * array.Width)], block);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => array.Read(999, new double[14]));
    }

    [SkippableTheory]
    [InlineData("np.array([{'a': 1}, None])", "Python objects")]
    [InlineData("np.array(['one', 'two'])", "text")]
    [InlineData("np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])", "records of several fields")]
    [InlineData("np.zeros((2, 3, 4))", "3 dimensions, (2, 3, 4)")]
    [InlineData("np.zeros((0, 3))", "it is empty")]
    [InlineData("np.float64(3)", "a single number")]
    [InlineData("np.zeros(3, dtype='c16')", "complex numbers")]
    [InlineData("np.zeros(3, dtype='g')", "floats of another width")]
    [InlineData("np.zeros(3, dtype='M8[s]')", "dates or times")]
    public void What_is_no_table_of_numbers_is_refused_with_what_it_is(string array, string message)
    {
        NumPy.Run(_folder.Path("."), $"np.save('a.npy', {array}, allow_pickle=True)");
        Assert.Contains(message, Refusal(_folder.Path("a.npy")));
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 20, "take 24 bytes, and 20 are there. It has been cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 28, "Something follows the array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 0, "has been cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 99999999999), }", 0, "array.T")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }", 24, "is no shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': __import__('os').abort(), 'shape': (1,), }", 4, "is none that NumPy writes")]
    [InlineData("{'descr': '<f4', 'shape': (1,), }", 4, "'fortran_order' is neither")]
    [InlineData("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", 4, "there twice")]
    public void A_header_that_lies_or_is_no_dictionary_is_refused(string header, int bytes, string message) =>
        Assert.Contains(message, Refusal(_folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[bytes]])));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("smiles,label\n", "does not begin as NumPy's files do")]
    public void Another_file_of_that_name_is_told(string content, string message) => Assert.Contains(message, Refusal(_folder.Write("a.npy", content)));

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = [0x93, .. "NUMPY"u8, 1, 0, 59, 0, .. "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"u8, .. new byte[24]];
        for (var length = 0; length < whole.Length; length++) Refusal(_folder.Write("a.npy", whole[..length]));
        using var array = ArrayFile.Open(_folder.Write("a.npy", whole));
        Assert.Equal((2, 3), ((int)array.Rows, array.Width));
    }

    [Fact]
    public void Not_a_number_and_infinities_are_named_with_their_place()
    {
        using var array = ArrayFile.Open(_folder.Write("a.csv", "id,x,y\na,1,2\nb,3,nan\nc,-inf,4\n"), new CsvFormat { IdColumn = "id" });
        var rows = new double[4];
        array.Read(1, rows);
        Assert.Contains("a.csv, row 1 ('b'), column 1 ('y') (from 0): NaN", Assert.Throws<UserErrorException>(() => array.RequireFinite(1, rows)).Message);
        Assert.Contains("row 2 ('c'), column 0 ('x')", Assert.Throws<UserErrorException>(() => array.RequireFinite(2, rows.AsSpan(2))).Message);
    }

    [SkippableFact]
    public void Doubles_that_single_precision_does_not_hold_are_told_as_they_stand_in_the_file()
    {
        NumPy.Run(_folder.Path("."), "np.save('a.npy', np.array([[1, 2], [3, -1e300]]))");
        using var array = ArrayFile.Open(_folder.Path("a.npy"));
        var (doubles, floats) = (new double[4], new float[4]);
        array.Read(0, doubles);
        array.Read(0, floats);
        const string told = "a.npy, row 1, column 1 (from 0): -1E+300 is too large: single precision";
        Assert.Contains(told, Assert.Throws<UserErrorException>(() => array.RequireFinite(0, doubles)).Message);
        Assert.Contains(told, Assert.Throws<UserErrorException>(() => array.RequireFinite(0, floats)).Message);
    }

    [Fact]
    public void Rows_have_the_names_that_lie_beside()
    {
        _folder.Write("a.csv", "1\n2\n");
        _folder.Write("a.ids.csv", "smiles,id\nC,x\nCC,y\n");
        using var array = ArrayFile.Open(_folder.Path("a.csv"));
        Assert.Equal(["x", "y"], array.Identifiers);
        _folder.Write("a.ids.csv", "id\nx\n");
        Assert.Contains("names 1 row,", Refusal(_folder.Path("a.csv")));
    }

    private static string Refusal(string reference)
    {
        var message = Assert.Throws<UserErrorException>(() => ArrayFile.Open(reference).Dispose()).Message;
        Assert.Contains(reference, message);
        return message;
    }
}
