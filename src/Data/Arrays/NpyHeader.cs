using System.Globalization;
using System.Text;

namespace W2S.Data;

/// <summary>
/// The header of a .npy file, a dictionary as Python writes it: {'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }.
/// It is read by the few words that it can have and never evaluated.
/// </summary>
internal sealed class NpyHeader
{
    private readonly string _text;
    private readonly Func<string, string, Exception> _wrong;
    private int _at;

    private NpyHeader(string text, Func<string, string, Exception> wrong) => (_text, _wrong) = (text, wrong);

    public ElementFormat Format { get; private set; }
    public bool ColumnMajor { get; private set; }
    public long Rows { get; private set; }
    public int Width { get; private set; }

    /// <summary>As it stands there.</summary>
    public string Shape { get; private set; } = "";

    /// <summary>That the numbers must take; a decimal, for a header can claim any product.</summary>
    public Int128 Bytes => (Int128)Rows * Width * Format.Size;

    /// <param name="wrong">Makes the exception for a problem and its remedy.</param>
    public static NpyHeader Parse(ReadOnlySpan<byte> bytes, Func<string, string, Exception> wrong)
    {
        var header = new NpyHeader(Encoding.Latin1.GetString(bytes), wrong);
        header.ReadDictionary();
        return header;
    }

    private void ReadDictionary()
    {
        string? descr = null, order = null, shape = null;
        Expect('{');
        while (!Takes('}'))
        {
            var key = Quoted();
            Expect(':');
            switch (key)
            {
                case "descr" when descr == null: descr = Descr(); break;
                case "fortran_order" when order == null: order = Word(); break;
                case "shape" when shape == null: shape = Between('(', ')'); break;
                default: throw Broken($"'{key}' is no key of it, or is there twice");
            }
            if (Takes(',')) continue;
            Expect('}');
            break;
        }
        if (_text[_at..].AsSpan().Trim(" \n\0").Length > 0) throw Broken("something follows the dictionary");
        Format = FormatOf(descr ?? throw Broken("'descr' is missing"));
        ColumnMajor = order switch { "True" => true, "False" => false, _ => throw Broken("'fortran_order' is neither True nor False") };
        SetShape(shape ?? throw Broken("'shape' is missing"));
    }

    /// <summary>One type, or a list of fields, which <see cref="FormatOf"/> then refuses.</summary>
    private string Descr()
    {
        Blanks();
        return _at < _text.Length && _text[_at] == '[' ? Between('[', ']') : Quoted();
    }

    private ElementFormat FormatOf(string descr)
    {
        const string numbers = "Save it as numbers: numpy.save(path, array.astype(numpy.float32))";
        if (descr.StartsWith('['))
            throw _wrong("its rows are records of several fields", "Save the fields that are numbers as one array, with "
                + "numpy.column_stack");
        if (descr.Length < 2 || !int.TryParse(descr[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) size = 0;
        var (mark, letter) = (descr.Length > 0 ? descr[0] : ' ', descr.Length > 1 ? descr[1] : ' ');
        if (letter == 'O')
            throw _wrong("it holds Python objects, which are pickled, and what is pickled can run any program when it is read", numbers);
        if (mark is not ('<' or '>' or '|' or '=')) throw Broken($"'{descr}' is no type of NumPy");
        var bigEndian = mark == '>' || (mark == '=' && !BitConverter.IsLittleEndian);
        return (letter, size) switch
        {
            ('f', 2 or 4 or 8) => new ElementFormat(ElementKind.Float, size, bigEndian),
            ('i', 1 or 2 or 4 or 8) => new ElementFormat(ElementKind.Signed, size, bigEndian),
            ('u', 1 or 2 or 4 or 8) => new ElementFormat(ElementKind.Unsigned, size, bigEndian),
            ('b', 1) => new ElementFormat(ElementKind.Boolean, 1, bigEndian),
            _ => throw _wrong($"its elements are {Named(letter)} ('{descr}'), not numbers of 16, 32 or 64 bits", numbers),
        };
    }

    private static string Named(char letter) => letter switch
    {
        'U' or 'S' or 'a' => "text",
        'c' => "complex numbers",
        'M' or 'm' => "dates or times",
        'V' => "raw bytes, as bfloat16 is saved",
        'f' => "floats of another width",
        _ => "of another type",
    };

    private void SetShape(string shape)
    {
        Shape = shape;
        var sizes = shape[1..^1].Split(',', StringSplitOptions.TrimEntries);
        if (sizes.Length > 1 && sizes[^1] == "") sizes = sizes[..^1];
        if (sizes is [""]) throw _wrong("it holds a single number without a row", "Save an array of one or two dimensions");
        var counts = sizes.Select(size => long.TryParse(size.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Broken($"{shape} is no shape")).ToArray();
        if (counts.Length > 2)
            throw _wrong($"it has {counts.Length} dimensions, {shape}", "A row must be an example: save array.reshape(len(array), -1), "
                + "or a mean over the others");
        if (counts.Contains(0)) throw _wrong($"it is empty: its shape is {shape}", "Save an array with at least one row and one column");
        if (counts.Length == 2 && counts[1] > Array.MaxLength / sizeof(double))
            throw _wrong($"a row of it has {counts[1]} numbers", "A row must be an example, so perhaps array.T is meant");
        (Rows, Width) = (counts[0], counts.Length == 2 ? (int)counts[1] : 1);
    }

    private void Blanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t') _at++;
    }

    private bool Takes(char character)
    {
        Blanks();
        if (_at >= _text.Length || _text[_at] != character) return false;
        _at++;
        return true;
    }

    private void Expect(char character)
    {
        if (!Takes(character)) throw Broken($"'{character}' is missing");
    }

    private string Quoted()
    {
        var mark = Takes('\'') ? '\'' : Takes('"') ? '"' : throw Broken("a name in quotes is missing");
        var end = _text.IndexOf(mark, _at);
        if (end < 0) throw Broken("a quote is open");
        var text = _text[_at..end];
        _at = end + 1;
        return text;
    }

    private string Word()
    {
        Blanks();
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at])) _at++;
        return _text[start.._at];
    }

    private string Between(char open, char close)
    {
        Blanks();
        var start = _at;
        Expect(open);
        var end = _text.IndexOf(close, _at);
        if (end < 0) throw Broken($"'{close}' is missing");
        _at = end + 1;
        // Lists of fields hold brackets of their own; all that matters of them is how they begin.
        if (open == '[') _at = Math.Max(_at, _text.LastIndexOf(close) + 1);
        return _text[start..(end + 1)];
    }

    private Exception Broken(string what) =>
        _wrong($"its header is none that NumPy writes ({what}): {Excerpt()}", "Write it again with numpy.save");

    private string Excerpt() => string.Concat(_text.Trim().Take(100).Select(letter => char.IsControl(letter) ? '?' : letter));
}
