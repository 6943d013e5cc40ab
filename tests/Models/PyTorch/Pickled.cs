using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace W2S.Models.Tests;

/// <summary>Pickles written opcode by opcode, for what no honest program writes.</summary>
internal sealed class Pickled
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] Bytes => [.. _bytes, (byte)'.'];

    /// <summary>Opcodes that are letters, or raw bytes as characters up to 255.</summary>
    public Pickled Raw(string opcodes)
    {
        _bytes.AddRange(Encoding.Latin1.GetBytes(opcodes));
        return this;
    }

    public Pickled Text(string text)
    {
        Raw("X");
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Encoding.UTF8.GetByteCount(text));
        _bytes.AddRange(length);
        _bytes.AddRange(Encoding.UTF8.GetBytes(text));
        return this;
    }

    /// <summary>A signed integer of eight bytes.</summary>
    public Pickled Number(long value)
    {
        Raw("\u008a\u0008");
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public Pickled Global(string module, string name) => Raw($"c{module}\n{name}\n");

    public Pickled Numbers(params long[] values)
    {
        Raw("(");
        foreach (var value in values) Number(value);
        return Raw("t");
    }

    /// <summary>A float32 tensor.</summary>
    public Pickled Tensor(long elements, long offset, long[] shape, long[] strides, string key = "0") =>
        Global("torch._utils", "_rebuild_tensor_v2").Raw("(").Raw("(").Text("storage").Global("torch", "FloatStorage").Text(key)
            .Text("cpu").Number(elements).Raw("tQ")
            .Number(offset).Numbers(shape).Numbers(strides).Raw("\u0089}tR");

    /// <summary>An archive as torch.save makes it.</summary>
    public byte[] Archive(int storageBytes = 0, Action<ZipArchive>? more = null)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "archive/data.pkl", Bytes);
            Add(archive, "archive/data/0", [.. Enumerable.Range(0, storageBytes).Select(i => (byte)i)]);
            more?.Invoke(archive);
        }
        return stream.ToArray();
    }

    public static void Add(ZipArchive archive, string name, byte[] bytes, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var entry = archive.CreateEntry(name, level).Open();
        entry.Write(bytes);
    }
}
