using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using W2S.Data;

namespace W2S.Models.Tests;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read_back_bit_for_bit()
    {
        for (var round = 0; round < 200; round++)
        {
            var random = new RandomStream(11, "safetensors", round);
            var tensors = RandomTensors(random);
            var metadata = Enumerable.Range(0, random.NextInt(3)).ToDictionary(i => $"key {i}", i => $"\"value\" é {i}");
            var file = Read(Write(tensors, metadata));
            Assert.Equal(metadata, file.Metadata);
            Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), file.Tensors.Keys.Order());
            foreach (var tensor in tensors)
            {
                var read = file.Tensors[tensor.Name];
                Assert.Equal(tensor.Type, read.Type);
                Assert.Equal(tensor.Shape, read.Shape);
                Assert.Equal(tensor.Bytes, read.Bytes);
            }
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_tensors()
    {
        for (var round = 0; round < 50; round++)
        {
            var tensors = RandomTensors(new RandomStream(12, "safetensors", round));
            Assert.Equal(Write(tensors), Write([.. tensors.Reverse()]));
        }
    }

    [Fact]
    public void Every_tensor_starts_at_a_multiple_of_its_element_size()
    {
        var bytes = Write([NamedTensor.Of("a", [1f], 1), NamedTensor.Of("bb", [2.0], 1), NamedTensor.Of("c", [3L], 1)]);
        Assert.Equal(0, (8 + HeaderOf(bytes).Length) % 8);
        Assert.Equal(
            """{"bb":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"c":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}"""
            + ""","a":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}""", HeaderOf(bytes).TrimEnd());
    }

    [Fact]
    public void Scalars_and_empty_tensors_are_tensors()
    {
        var file = Read(Write([NamedTensor.Of("scalar", [4.5f]), NamedTensor.Of("empty", ReadOnlySpan<float>.Empty, 0, 3)]));
        Assert.Empty(file.Tensors["scalar"].Shape);
        Assert.Equal(4.5f, file.Tensors["scalar"].As<float>()[0]);
        Assert.Equal([0L, 3L], file.Tensors["empty"].Shape);
    }

    [Fact]
    public void Two_tensors_of_one_name_cannot_be_written() =>
        Assert.Throws<ArgumentException>(() => Write([NamedTensor.Of("a", [1f], 1), NamedTensor.Of("a", [2f], 1)]));

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "claims the bytes [0, 8) where 4 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "take 4 bytes where 8 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fit its 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "claims the bytes [4, 0)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap or leave a gap")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4,
        "overlap or leave a gap")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
        "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,1]}}""", 1, "does not fit its 1 bytes")]
    [InlineData("""{"a":{"dtype":"1","shape":[1],"data_offsets":[0,8]}}""", 8, "of type 1, which is no name of a type")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "holds -1 where a count")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}""", 4, "holds 1e99 where a count")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "has no data_offsets")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "has no dtype")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", 4, "")]
    [InlineData("""{"__metadata__":{"a":"\udc00"}}""", 0, "")]
    [InlineData("""{"a":5}""", 4, "is no JSON object")]
    [InlineData("""[]""", 0, "is no JSON object")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "is no text")]
    [InlineData("""{"a":{"dtype":"F32",""", 4, "not valid JSON")]
    public void A_header_that_lies_is_refused_with_the_cause(string header, int dataBytes, string cause)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(WithHeader(header, dataBytes)));
        Assert.StartsWith("file is not a sound safetensors file: ", error.Message);
        Assert.Contains(cause, error.Message);
    }

    [Fact]
    public void Tensors_lie_where_their_offsets_say_whatever_their_order_in_the_header()
    {
        const string header =
            """{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        var bytes = WithHeader(header, 8);
        BitConverter.GetBytes(1f).CopyTo(bytes, bytes.Length - 8);
        BitConverter.GetBytes(2f).CopyTo(bytes, bytes.Length - 4);
        var tensors = Read(bytes).Tensors;
        Assert.Equal((1f, 2f), (tensors["a"].As<float>()[0], tensors["b"].As<float>()[0]));
    }

    [Fact]
    public void Tensors_of_types_that_are_not_known_are_left_out_and_the_others_read()
    {
        var file = Read(WithHeader(
            """{"a":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", 4));
        Assert.Equal("a tensor of F4 [3, 2], 3 bytes", Assert.Single(file.LeftOut, left => left.Key == "a").Value);
        Assert.Equal(["b"], file.Tensors.Keys);
    }

    [Fact]
    public void Unsigned_integers_and_eight_bit_floats_are_numbers()
    {
        Assert.Equal([0f, 65535f], Values(TensorType.U16, 0, 0, 255, 255));
        Assert.Equal([4294967296f], Values(TensorType.U32, 255, 255, 255, 255));
        Assert.Equal(ulong.MaxValue, Tensor(TensorType.U64, [255, 255, 255, 255, 255, 255, 255, 255]).Exact(0));
        // Micikevicius et al. (2022), table 1: largest, smallest normal, smallest subnormal; 1; −0; NaN.
        Assert.Equal(
            [448f, MathF.ScaleB(1, -6), MathF.ScaleB(1, -9), 1f, -0f, float.NaN],
            Values(TensorType.F8_E4M3, 0x7e, 0x08, 0x01, 0x38, 0x80, 0x7f));
        Assert.Equal(
            [57344f, MathF.ScaleB(1, -14), MathF.ScaleB(1, -16), 1f, float.NegativeInfinity, float.NaN],
            Values(TensorType.F8_E5M2, 0x7b, 0x04, 0x01, 0x3c, 0xfc, 0x7f));
        // Every finite number of either kind is its neighbour's step away from the next.
        foreach (var type in (TensorType[])[TensorType.F8_E4M3, TensorType.F8_E5M2])
        {
            var all = Values(type, [.. Enumerable.Range(0, 120).Select(bits => (byte)bits)]);
            Assert.Equal(all.Order(), all);
            Assert.Equal(120, all.Distinct().Count());
        }

        static float[] Values(TensorType type, params byte[] bytes) => Tensor(type, bytes).ToSingles();

        static NamedTensor Tensor(TensorType type, byte[] bytes) => new("x", type, [bytes.Length / type.ElementBytes()], bytes);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    [InlineData(99_999_999UL)]
    public void A_huge_header_length_is_refused_without_allocating_it(ulong length)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Read([.. BitConverter.GetBytes(length), .. "{}"u8]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_refused()
    {
        var whole = Write([NamedTensor.Of("a", [1f, 2f], 2), NamedTensor.Of("b", [3L], 1)]);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => Read(whole[..length]));
    }

    [Fact]
    public void No_single_flipped_bit_makes_reading_fail_in_any_other_way_than_its_own()
    {
        var whole = Write([NamedTensor.Of("a", [1f, 2f], 2), NamedTensor.Of("b", [3L], 1)], new Dictionary<string, string> { ["k"] = "v" });
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Read(damaged);
            }
            catch (InvalidDataException)
            {
                // Refused, as it should be; flips inside the data are the business of the checkpoint's SHA-256.
            }
        }
    }

    [SkippableTheory]
    [InlineData("torchsharp-pybridge/tensors.safetensors")]
    [InlineData("torchsharp-pybridge/module_load.safetensors")]
    public void Files_of_other_programs_are_read_as_an_independent_reader_does(string name)
    {
        var checkpoints = Path.Combine(SharedData(), "checkpoints");
        Skip.IfNot(Directory.Exists(checkpoints), $"{checkpoints} is absent.");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(checkpoints, "expected.json")));
        var files = json.RootElement.GetProperty("files").EnumerateArray();
        var expected = files.Single(file => file.GetProperty("file").GetString() == name).GetProperty("tensors");
        var read = Safetensors.Read(Path.Combine(checkpoints, name)).Tensors;
        Assert.Equal(expected.GetArrayLength(), read.Count);
        foreach (var tensor in expected.EnumerateArray())
        {
            var found = read[tensor.GetProperty("name").GetString()!];
            Assert.Equal(tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), found.Shape);
            Assert.Equal(tensor.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(found.Bytes)));
        }
    }

    [SkippableFact]
    public void Python_reads_what_is_written_here_and_writes_what_is_read_here()
    {
        const string python = "/usr/bin/python3";
        Skip.IfNot(File.Exists(python), $"{python} is absent.");
        Skip.IfNot(RunPython(python, "import numpy").Ok, "Python's numpy is absent.");
        var folder = Directory.CreateTempSubdirectory("w2s-test-").FullName;
        try
        {
            var (ours, theirs) = (Path.Combine(folder, "ours.safetensors"), Path.Combine(folder, "theirs.safetensors"));
            var tensors = RandomTensors(new RandomStream(13, "python"));
            Safetensors.Write(ours, tensors, new Dictionary<string, string> { ["made by"] = "W2S" });
            var (ok, output) = RunPython(python, PythonReaderAndWriter, ours, theirs);
            Assert.True(ok, output);
            var read = Safetensors.Read(theirs);
            Assert.Equal("W2S", read.Metadata["made by"]);
            // The script doubles every value, so it must have understood types, shapes and order.
            foreach (var tensor in tensors)
            {
                var found = read.Tensors[tensor.Name];
                Assert.Equal(tensor.Shape, found.Shape);
                Assert.Equal(Doubled(tensor), found.Bytes);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private const string PythonReaderAndWriter = """
        import json, struct, sys
        import numpy as np
        types = {'F32': np.float32, 'F64': np.float64, 'I64': np.int64}
        data = open(sys.argv[1], 'rb').read()
        length, = struct.unpack('<Q', data[:8])
        header, body = json.loads(data[8:8 + length]), data[8 + length:]
        metadata, out, entries = header.pop('__metadata__'), b'', {}
        for name, entry in header.items():
            begin, end = entry['data_offsets']
            array = np.frombuffer(body[begin:end], types[entry['dtype']]).reshape(entry['shape']) * 2
            entries[name] = dict(entry, data_offsets=[len(out), len(out) + array.nbytes])
            out += array.astype(types[entry['dtype']]).tobytes()
        text = json.dumps({'__metadata__': metadata, **entries}).encode()
        open(sys.argv[2], 'wb').write(struct.pack('<Q', len(text)) + text + out)
        """;

    /// <summary>Where W2S_DATA points, or ../shared/data beside the repository.</summary>
    private static string SharedData()
    {
        if (Environment.GetEnvironmentVariable("W2S_DATA") is { Length: > 0 } given) return given;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root != null && !File.Exists(Path.Combine(root.FullName, "W2S.sln"))) root = root.Parent;
        return Path.Combine(root?.FullName ?? "", "..", "shared", "data");
    }

    private static byte[] Doubled(NamedTensor tensor) => tensor.Type switch
    {
        TensorType.F32 => NamedTensor.Of("", tensor.As<float>().ToArray().Select(value => value * 2).ToArray(), tensor.Shape).Bytes,
        TensorType.F64 => NamedTensor.Of("", tensor.As<double>().ToArray().Select(value => value * 2).ToArray(), tensor.Shape).Bytes,
        _ => NamedTensor.Of("", tensor.As<long>().ToArray().Select(value => value * 2).ToArray(), tensor.Shape).Bytes,
    };

    private static (bool Ok, string Output) RunPython(string python, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardError = true };
        foreach (var argument in new[] { "-c", script }.Concat(arguments)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, output);
    }

    private static NamedTensor[] RandomTensors(RandomStream random) => [.. Enumerable.Range(0, 1 + random.NextInt(6)).Select(i =>
    {
        var shape = Enumerable.Range(0, random.NextInt(4)).Select(_ => (long)random.NextInt(5)).ToArray();
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        var name = $"layer \"{i}\".ü";
        var values = Enumerable.Range(0, count).Select(_ => random.NextNormal()).ToArray();
        return random.NextInt(3) switch
        {
            0 => NamedTensor.Of(name, Array.ConvertAll(values, value => (float)value), shape),
            1 => NamedTensor.Of(name, values, shape),
            _ => NamedTensor.Of(name, Array.ConvertAll(values, value => (long)(value * 1e9)), shape),
        };
    })];

    private static byte[] Write(IReadOnlyCollection<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static Safetensors.Contents Read(byte[] bytes) => Safetensors.Read(new MemoryStream(bytes), "file");

    private static string HeaderOf(byte[] bytes) => Encoding.UTF8.GetString(bytes.AsSpan(8, (int)BitConverter.ToUInt64(bytes)));

    private static byte[] WithHeader(string header, int dataBytes) =>
        [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];
}
