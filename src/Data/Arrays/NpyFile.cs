using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>NumPy's .npy files, versions 1 to 3 (numpy.lib.format): magic, version, length of the header, header, numbers.</summary>
public static class NpyFile
{
    // What NumPy itself reads without being told to trust the file is 10,000; arrays of fields may need more.
    private const int LongestHeader = 1 << 20;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <exception cref="UserErrorException">It is absent, or no array of numbers.</exception>
    internal static StoredMatrix Open(string path) =>
        InputFile.Open(path, file => Read(file, 0, RandomAccess.GetLength(file), path));

    /// <param name="start">Where in the file the array begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="name">What messages call it.</param>
    internal static StoredMatrix Read(SafeFileHandle file, long start, long length, string name)
    {
        Span<byte> prefix = stackalloc byte[12];
        prefix = prefix[..RandomAccess.Read(file, prefix[..(int)Math.Min(prefix.Length, length)], start)];
        if (!prefix.StartsWith(Magic))
            throw Wrong(name, $"it does not begin as NumPy's files do, but with {Shown(prefix)}", "Write it with numpy.save");
        if (prefix.Length < 12) throw Wrong(name, $"it ends after {length} bytes, within its header", "Write or copy it again");
        var version = prefix[6];
        if (version is < 1 or > 3)
            throw Wrong(name, $"it is of version {version} of NumPy's format, and 1, 2 and 3 are known", "Write it with numpy.save");
        var (begin, size) = version == 1
            ? (10, BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]))
            : (12L, BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]));
        if (size > LongestHeader || begin + size > length)
            throw Wrong(name, $"its header claims {size} bytes where {length - begin} follow", "Write or copy it again");

        var text = new byte[size];
        if (RandomAccess.Read(file, text, start + begin) < text.Length)
            throw Wrong(name, "it ends within its header", "Write or copy it again");
        var header = Header.Parse(text, (problem, remedy) => Wrong(name, problem, remedy));
        var (stored, claimed) = (length - begin - size, header.Bytes);
        if (stored != claimed)
            throw Wrong(name, $"its header says {header.Shape} of {header.Format.Size} bytes each, "
                + $"which take {claimed} bytes, and {stored} are there",
                stored < claimed ? "It has been cut short: write or copy it again" : "Something follows the array: write it again, alone");
        return new StoredMatrix(file, start + begin + size, header.Format, header.Rows, header.Width, header.ColumnMajor);
    }

    private static string Shown(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "nothing: it is empty" : $"the bytes {Convert.ToHexStringLower(bytes)}";

    private static UserErrorException Wrong(string name, string what, string remedy) => new($"{name} cannot be read: {what}. {remedy}.");

    /// <summary>Writes an array of float32 [rows, width] as .npy of version 1, a block of rows after the other.</summary>
    public sealed class Writer
    {
        // numpy.lib.format aligns the numbers so that the file can be mapped.
        private const int Alignment = 64, PrefixBytes = 10;

        private readonly Stream _stream;
        private readonly long _numbers;
        private long _written;

        /// <param name="stream">Gets the header at once; it stays open.</param>
        public Writer(Stream stream, long rows, int width)
        {
            (_stream, _numbers) = (stream, rows * width);
            var header = string.Create(
                CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}");
            var length = (PrefixBytes + header.Length + 1 + Alignment - 1) / Alignment * Alignment - PrefixBytes;
            stream.Write([.. Magic, 1, 0, (byte)length, (byte)(length >> 8)]);
            stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        }

        /// <summary>The next rows.</summary>
        /// <exception cref="ArgumentException">They are more than was said.</exception>
        public void Write(ReadOnlySpan<float> rows)
        {
            if (rows.Length > _numbers - _written)
                throw new ArgumentException(
                    $"{_written + rows.Length} numbers are more than the {_numbers} that the header promises.", nameof(rows));
            _stream.Write(MemoryMarshal.AsBytes(rows));
            _written += rows.Length;
        }

        /// <summary>To be called after the last row.</summary>
        /// <exception cref="InvalidOperationException">Rows are missing.</exception>
        public void Complete()
        {
            if (_written != _numbers) throw new InvalidOperationException($"{_written} of {_numbers} numbers were written.");
        }
    }

    /// <summary>
    /// The header of a .npy file, a dictionary as Python writes it: {'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }.
    /// It is read by the few words that it can have and never evaluated.
    /// </summary>
    private sealed class Header
    {
        private readonly string _text;
        private readonly Func<string, string, Exception> _wrong;
        private int _at;

        private Header(string text, Func<string, string, Exception> wrong) => (_text, _wrong) = (text, wrong);

        public StoredMatrix.Element Format { get; private set; }
        public bool ColumnMajor { get; private set; }
        public long Rows { get; private set; }
        public int Width { get; private set; }

        /// <summary>As it stands there.</summary>
        public string Shape { get; private set; } = "";

        /// <summary>That the numbers must take; a decimal, for a header can claim any product.</summary>
        public Int128 Bytes => (Int128)Rows * Width * Format.Size;

        /// <param name="wrong">Makes the exception for a problem and its remedy.</param>
        public static Header Parse(ReadOnlySpan<byte> bytes, Func<string, string, Exception> wrong)
        {
            var header = new Header(Encoding.Latin1.GetString(bytes), wrong);
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

        private StoredMatrix.Element FormatOf(string descr)
        {
            const string numbers = "Save it as numbers: numpy.save(path, array.astype(numpy.float32))";
            if (descr.StartsWith('['))
                throw _wrong("its rows are records of several fields", "Save the fields that are numbers as one array, with "
                    + "numpy.column_stack");
            if (descr.Length < 2 || !int.TryParse(descr[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) size = 0;
            var (mark, letter) = (descr.Length > 0 ? descr[0] : ' ', descr.Length > 1 ? descr[1] : ' ');
            if (letter == 'O')
                throw _wrong(
                    "it holds Python objects, which are pickled, and what is pickled can run any program when it is read", numbers);
            if (mark is not ('<' or '>' or '|' or '=')) throw Broken($"'{descr}' is no type of NumPy");
            var bigEndian = mark == '>' || (mark == '=' && !BitConverter.IsLittleEndian);
            return (letter, size) switch
            {
                ('f', 2 or 4 or 8) or ('i' or 'u', 1 or 2 or 4 or 8) or ('b', 1) => new StoredMatrix.Element(letter, size, bigEndian),
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
            long[] counts = [.. sizes.Select(size =>
                long.TryParse(size.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? count
                    : throw Broken($"{shape} is no shape"))];
            if (counts.Length > 2)
                throw _wrong(
                    $"it has {Counted.Of(counts.Length, "dimension")}, {shape}",
                    "A row must be an example: save array.reshape(len(array), -1), or a mean over the others");
            if (counts.Contains(0))
                throw _wrong($"it is empty: its shape is {shape}", "Save an array with at least one row and one column");
            if (counts.Length == 2 && counts[1] > Array.MaxLength / sizeof(double))
                throw _wrong($"a row of it has {Counted.Of(counts[1], "number")}", "A row must be an example, so perhaps array.T is meant");
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
}
