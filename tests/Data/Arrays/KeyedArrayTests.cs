using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace W2S.Data.Tests;

/// <summary>Files that hold several arrays: NumPy's .npz, and safetensors.</summary>
public sealed class KeyedArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("savez")]
    [InlineData("savez_compressed")]
    public void Archives_of_NumPy_are_read_stored_and_deflated_by_key(string save)
    {
        NumPy.Run(_folder.Path("."), $"""
            a = np.arange(12000, dtype='f4').reshape(3000, 4)
            np.{save}('two.npz', a=a, labels=np.arange(3000) % 3)
            np.{save}('one.npz', np.asfortranarray(a))
            """);
        float[] expected = [.. Enumerable.Range(0, 12000)];
        Assert.Equal(expected, Numbers(_folder.Path("two.npz") + ":a"));
        Assert.Equal(expected, Numbers(_folder.Path("two.npz") + ":a.npy"));
        Assert.Equal(expected, Numbers(_folder.Path("one.npz")));
        Assert.Equal(expected[..3000].Select(number => number % 3), Numbers(_folder.Path("two.npz") + ":labels"));
        Assert.Contains("two.npz:a, ", Refusal(_folder.Path("two.npz")));
        Assert.Contains("no array 'b'", Refusal(_folder.Path("two.npz") + ":b"));
    }

    [SkippableFact]
    public void Real_predictions_on_CIFAR_10_are_read_by_key()
    {
        var file = RealData.File("calibration/lenet-5-cifar-10.npz");
        using var labels = ArrayFile.Open(file + ":ground_truth");
        using var predictions = ArrayFile.Open(file + ":predictions");
        Assert.Equal((10_000L, 1, 10_000L, 10), (labels.Rows, labels.Width, predictions.Rows, predictions.Width));
        var row = new float[10];
        predictions.Read(9_999, row);
        Assert.Equal(1, row.Sum(), 1e-5f);
    }

    [SkippableFact]
    public void Safetensors_of_every_type_are_read_by_name_and_without_where_there_is_one()
    {
        NumPy.Run(_folder.Path("."), """
            import json, struct
            base = np.arange(-6, 9).reshape(5, 3)
            types = {'F64': 'f8', 'F32': 'f4', 'F16': 'f2', 'I64': 'i8', 'I32': 'i4', 'I16': 'i2', 'I8': 'i1', 'BOOL': '?', 'U8': 'u1', 'U16': 'u2', 'U32': 'u4', 'U64': 'u8'}
            parts = {name: ((base + 6 if name[0] == 'U' else base > 0 if name == 'BOOL' else base).astype(code)).tobytes() for name, code in types.items()}
            parts['BF16'] = (base.astype('f4').view('u4') >> 16).astype('u2').tobytes()
            def write(path, parts):
                header, at = {'__metadata__': {'format': 'pt'}}, 0
                for name, data in parts.items():
                    header['x.' + name] = {'dtype': name, 'shape': [5, 3], 'data_offsets': [at, at + len(data)]}
                    at += len(data)
                text = json.dumps(header).encode()
                open(path, 'wb').write(struct.pack('<Q', len(text)) + text + b''.join(parts.values()))
            write('all.safetensors', parts)
            write('one.safetensors', {'F32': parts['F32']})
            """);
        foreach (var type in new[] { "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "BOOL", "U8", "U16", "U32", "U64" })
            Assert.Equal(Enumerable.Range(-6, 15).Select(number => type[0] == 'U' ? number + 6f : type == "BOOL" ? number > 0 ? 1 : 0 : number), Numbers($"{_folder.Path("all.safetensors")}:x.{type}"));
        Assert.Equal(Enumerable.Range(-6, 15).Select(number => (float)number), Numbers(_folder.Path("one.safetensors")));
        Assert.Contains("has 13 tensors: say which", Refusal(_folder.Path("all.safetensors")));
        Assert.Contains("no tensor 'y'", Refusal(_folder.Path("all.safetensors") + ":y"));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 20, "claims the bytes [0, 24) where 20 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,24]}}""", 24, "does not fit its 24 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not fit its 0 bytes")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "is of type F8_E4M3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1],"data_offsets":[0,4]}}""", 4, "3 dimensions")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "holds -1")]
    [InlineData("""{"__metadata__":{}}""", 0, "has no tensor")]
    [InlineData("""{"a":5}""", 4, "is no JSON object")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "or something was appended")]
    [InlineData("[]", 4, "no JSON object")]
    [InlineData("{", 4, "not valid JSON")]
    public void A_header_that_lies_is_refused(string header, int bytes, string message) =>
        Assert.Contains(message, Refusal(_folder.Write("a.safetensors", [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[bytes]])));

    [SkippableFact]
    public void An_archive_cut_at_any_place_is_refused()
    {
        NumPy.Run(_folder.Path("."), "np.savez_compressed('a.npz', a=np.arange(20.0), b=np.arange(30.0))");
        var whole = File.ReadAllBytes(_folder.Path("a.npz"));
        for (var length = 0; length < whole.Length; length++) Refusal(_folder.Write("a.npz", whole[..length]) + ":a");
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Numbers_that_changed_in_an_archive_are_told_by_its_checksum(CompressionLevel level)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        using (var member = archive.CreateEntry("a.npy", level).Open())
            member.Write(Npy([1, 2, 3]));
        var whole = packed.ToArray();
        Assert.Equal([1f, 2, 3], Numbers(_folder.Write("a.npz", whole)));

        var directory = whole.AsSpan().LastIndexOf("PK\x01\x02"u8);
        whole[directory + 16] ^= 1; // its checksum
        Assert.Contains("a.npz:a cannot be read: it does not have the checksum", Refusal(_folder.Write("a.npz", whole)));
    }

    [Fact]
    public void A_flipped_bit_among_stored_numbers_is_told()
    {
        var whole = Archive64(Npy([1, 2, 3]));
        var last = whole.AsSpan().IndexOf(BitConverter.GetBytes(3f));
        whole[last] ^= 1;
        Assert.Contains("checksum (CRC-32)", Refusal(_folder.Write("a.npz", whole)));
    }

    [Fact]
    public void Sizes_of_members_are_taken_from_zip64_where_they_stand_there() =>
        Assert.Equal([1f, 2, 3], Numbers(_folder.Write("a.npz", Archive64(Npy([1, 2, 3])))));

    [Theory]
    [InlineData(-4, 0, 0, "claims")]
    [InlineData(0, -4, 0, "claims")]
    [InlineData(-4, -4, 0, "checksum")]
    [InlineData(4, 4, 0, "checksum")]
    [InlineData(1000, 1000, 0, "claims more bytes than the file has")]
    [InlineData(long.MinValue, long.MinValue, 0, "claims more bytes than the file has")]
    [InlineData(1L << 62, 1L << 62, 0, "claims more bytes than the file has")]
    [InlineData(0, 0, 1, "there is no member where a.npy should begin")]
    [InlineData(0, 0, -1, "ends within its directory")]
    [InlineData(0, 0, long.MaxValue, "ends within its directory")]
    public void Sizes_and_places_in_zip64_that_are_wrong_are_refused(long length, long stored, long place, string message) =>
        Assert.Contains(message, Refusal(_folder.Write("a.npz", Archive64(Npy([1, 2, 3]), length, stored, place))));

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.npz")]
    [InlineData("a.safetensors")]
    public void A_pointer_of_Git_LFS_is_told_from_a_damaged_file(string name) =>
        Assert.Contains("git lfs pull", Refusal(_folder.Write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")));

    [Theory]
    [InlineData("a.npy", true)]
    [InlineData("dir/a.NPZ:key", true)]
    [InlineData("a.safetensors:x.weight", true)]
    [InlineData("a.tsv.gz", true)]
    [InlineData("lipop", false)]
    [InlineData("checkpoints/molecules/weak-32", false)]
    public void Files_of_numbers_are_told_by_what_they_are_called(string reference, bool isArray) => Assert.Equal(isArray, ArrayFile.IsArray(reference));

    [SkippableFact]
    public void A_file_larger_than_the_memory_is_read_where_it_is_asked()
    {
        const long rows = 40_000_000_000;
        NumPy.Run(_folder.Path("."), $"""
            with open('large.npy', 'wb') as f:
                np.lib.format.write_array_header_1_0(f, dict(descr='<f4', fortran_order=False, shape=({rows}, 8)))
                start = f.tell()
                f.truncate(start + {rows} * 32)
                f.seek(start + ({rows} - 1) * 32)
                f.write(np.arange(8, dtype='<f4').tobytes())
            """);
        using var array = ArrayFile.Open(_folder.Path("large.npy"));
        Assert.Equal((rows, 8), (array.Rows, array.Width));
        var last = new float[8];
        array.Read(rows - 1, last);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], last);
    }

    [SkippableFact]
    public void NumPy_reads_what_is_written_block_by_block()
    {
        using (var file = File.Create(_folder.Path("written.npy")))
        {
            var writer = new NpyFile.Writer(file, 3, 2);
            writer.Write([0.5f, 1, 2, 3]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
            writer.Write([4, -5]);
            writer.Complete();
            Assert.Throws<ArgumentException>(() => writer.Write([1]));
        }
        Assert.Equal("float32 (3, 2) [0.5, 1.0, 2.0, 3.0, 4.0, -5.0]", NumPy.Run(_folder.Path("."), "a = np.load('written.npy', mmap_mode='r'); print(a.dtype, a.shape, a.ravel().tolist())").Trim());
    }

    private static byte[] Npy(float[] numbers)
    {
        var file = new MemoryStream();
        var writer = new NpyFile.Writer(file, numbers.Length, 1);
        writer.Write(numbers);
        writer.Complete();
        return file.ToArray();
    }

    /// <summary>An archive of the stored member a.npy, whose sizes and place stand in zip64's extra field (APPNOTE 4.5.3), as those beyond 4 GiB do.</summary>
    /// <param name="length">By how much its size is wrong; <paramref name="stored"/> and <paramref name="place"/> likewise.</param>
    private static byte[] Archive64(byte[] content, long length = 0, long stored = 0, long place = 0)
    {
        var archive = new MemoryStream();
        using var writer = new BinaryWriter(archive);
        var crc = Crc32.HashToUInt32(content);
        Local();
        writer.Write(content);

        var directory = archive.Position;
        writer.Write(0x02014b50u);
        Write16(45, 45, 0, 0, 0, 0);
        writer.Write(crc);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        Write16(5, 28, 0, 0, 0, 0, 0);
        writer.Write(uint.MaxValue);
        writer.Write("a.npy"u8);
        Write16(1, 24);
        writer.Write(content.Length + length);
        writer.Write(content.Length + stored);
        writer.Write(place);

        var size = archive.Position - directory;
        writer.Write(0x06054b50u);
        Write16(0, 0, 1, 1);
        writer.Write((uint)size);
        writer.Write((uint)directory);
        Write16(0);
        return archive.ToArray();

        void Local()
        {
            writer.Write(0x04034b50u);
            Write16(45, 0, 0, 0, 0);
            writer.Write(crc);
            writer.Write(content.Length);
            writer.Write(content.Length);
            Write16(5, 0);
            writer.Write("a.npy"u8);
        }

        void Write16(params ushort[] numbers)
        {
            foreach (var number in numbers) writer.Write(number);
        }
    }

    private static float[] Numbers(string reference)
    {
        using var array = ArrayFile.Open(reference);
        var numbers = new float[array.Rows * array.Width];
        array.Read(0, numbers);
        return numbers;
    }

    private static string Refusal(string reference) => Assert.Throws<UserErrorException>(() => ArrayFile.Open(reference).Dispose()).Message;
}
