using System.IO.Compression;
using W2S.Models.PyTorch;

namespace W2S.Models.Tests;

/// <summary>Files made to harm: each is refused with its name and the cause, without executing or allocating what it asks for.</summary>
public sealed class HostileFileTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    [InlineData("functools", "partial")]
    public void A_pickle_that_asks_for_code_gets_a_text_in_its_place(string module, string name)
    {
        var harmed = Path.Combine(Path.GetTempPath(), $"w2s-harmed-{Environment.ProcessId}");
        foreach (var call in (Pickled[])[
            new Pickled().Global(module, name).Text($"touch {harmed}").Raw("\u0085R"),
            new Pickled().Text(module).Text(name).Raw("\u0093").Text($"touch {harmed}").Raw("\u0085R"),
            new Pickled().Global(module, name).Text($"touch {harmed}").Raw("\u0085\u0081").Raw("}").Text("x").Raw("Nsb"),
            new Pickled().Global(module, name).Raw(")}\u0092"),
        ])
        {
            var read = Read(call.Archive());
            Assert.Equal($"{module}.{name}", read.LeftOut["object"]);
            Assert.Equal($"{module}.{name} (left out)", read.Values["object"]);
            Assert.Empty(read.Tensors);
        }
        Assert.False(File.Exists(harmed));
    }

    [Fact]
    public void What_is_done_to_an_unknown_object_changes_nothing_and_what_is_made_of_it_is_unknown_too()
    {
        var read = Read(new Pickled().Raw("}")
            .Text("list").Global("lab", "List").Raw(")R(NNe").Raw("s")
            .Text("dictionary").Global("lab", "Dictionary").Raw(")R(").Text("k").Raw("Nu").Raw("s")
            .Text("called").Global("lab", "Factory").Raw(")R)R").Raw("s")
            .Text("parameter").Global("torch._utils", "_rebuild_parameter").Raw("(").Global("lab", "Tensor").Raw(")R\u0088}tR").Raw("s")
            .Text("class").Global("lab", "Class").Raw("s")
            .Text("tensor").Tensor(4, 2, [1], [1]).Raw("s").Archive(16));
        Assert.Equal(
            ["list = lab.List", "dictionary = lab.Dictionary", "called = lab.Factory", "parameter = lab.Tensor"],
            read.LeftOut.Select(pair => $"{pair.Key} = {pair.Value}"));
        Assert.Equal("lab.Class", read.Values["class"]);
        Assert.Equal(new byte[] { 8, 9, 10, 11 }, read.Tensors["tensor"].Bytes);
        Assert.Contains("parameter is lab.Tensor", read.WhatStandsFor("parameter.weight"));
    }

    [Theory]
    [InlineData("i", "opcode 0x69 ('i') at byte 2")]
    [InlineData("P0\n", "opcode 0x50 ('P') at byte 2")]
    [InlineData("\u0082\u0001", "opcode 0x82 at byte 2")]
    [InlineData("ÿ", "opcode 0xff at byte 2")]
    [InlineData("\u0080\u0009", "protocol 9")]
    public void An_unknown_opcode_is_refused_with_its_place(string opcodes, string cause) => Refused(new Pickled().Raw(opcodes), cause);

    [Theory]
    [InlineData("R")]
    [InlineData("t")]
    [InlineData("h\u0005")]
    [InlineData("0")]
    [InlineData("}(NNNu")]
    [InlineData("NNa")]
    [InlineData("NNNs")]
    [InlineData("NQ")]
    [InlineData("NNb")]
    [InlineData("NNR")]
    [InlineData("(")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f")]
    [InlineData("X\u0002\u0000\u0000\u0000\u00c3\u0028")]
    public void Nonsense_is_refused(string opcodes) => Refused(new Pickled().Raw(opcodes), "");

    [Fact]
    public void A_tensor_beyond_its_storage_is_refused()
    {
        const long Huge = long.MaxValue;
        Refused(new Pickled().Tensor(4, 0, [5], [1]), "beyond the 4 elements of its storage 0", 16);
        Refused(new Pickled().Tensor(4, 1, [4], [1]), "beyond the 4 elements", 16);
        Refused(new Pickled().Tensor(4, 0, [2, 2], [3, 1]), "beyond the 4 elements", 16);
        Refused(new Pickled().Tensor(4, 0, [Huge, Huge], [Huge, Huge]), "beyond the 4 elements", 16);
        Refused(new Pickled().Tensor(4, Huge, [1], [1]), "beyond the 4 elements", 16);
        Refused(new Pickled().Tensor(4, 0, [-1], [1]), "is not given counts", 16);
        Refused(new Pickled().Tensor(4, 0, [1], [-1]), "is not given counts", 16);
        Refused(new Pickled().Tensor(4, 0, [2, 2], [1]), "2 sizes and 1 strides", 16);
        Refused(new Pickled().Tensor(1000, 0, [1000], [1]), "fewer than its pickle claims", 16);
        Assert.Equal(new byte[] { 8, 9, 10, 11 }, Read(new Pickled().Tensor(4, 2, [1], [1]).Archive(16)).Tensors["tensor"].Bytes);
    }

    [Fact]
    public void One_element_cannot_be_expanded_to_fill_the_memory()
    {
        var before = GC.GetTotalAllocatedBytes();
        Refused(new Pickled().Tensor(1, 0, [1 << 28], [0]), "repeats the same contents without end", 4);
        Refused(new Pickled().Tensor(1, 0, [1L << 40], [0]), "more than the", 4);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
        Assert.Equal(1 << 20, Read(new Pickled().Tensor(1, 0, [1 << 20], [0]).Archive(4)).Tensors["tensor"].Count());
    }

    [Fact]
    public void A_bomb_of_lists_of_the_same_lists_is_refused()
    {
        // l0 = ["x"] * 10, l1 = [l0] * 10, ...: ten billion texts in 400 bytes.
        var bomb = new Pickled().Text("x").Raw("q\u0000");
        for (var level = 0; level < 10; level++)
            bomb.Raw("](" + string.Concat(Enumerable.Repeat($"h{(char)level}", 10)) + $"eq{(char)(level + 1)}0h{(char)(level + 1)}");
        Refused(bomb, "repeats the same contents without end");
    }

    [Fact]
    public void A_list_in_itself_is_refused() =>
        Refused(new Pickled().Raw("]q\u0000h\u0000a"), "nested more than 100 deep, or contain themselves");

    [Fact]
    public void Deep_nesting_does_not_overflow_the_stack() =>
        Refused(new Pickled().Raw("N" + new string('\u0085', 1_000_000)), "nested more than 100 deep");

    [Fact]
    public void Copies_of_copies_are_refused()
    {
        // A long text, turned into bytes again and again at five bytes of pickle each.
        var copies = new Pickled().Text(new string('x', 100_000)).Raw("q\u0000").Text("latin1").Raw("q\u0001")
            .Global("_codecs", "encode").Raw("q\u0002");
        for (var i = 0; i < 100_000; i++) copies.Raw("h\u0002h\u0000h\u0001\u0086R0");
        Refused(copies, "repeats the same contents without end");

        // Two namespaces that double each other.
        var twins = new Pickled().Global("argparse", "Namespace").Raw("q\u0003)\u0081q\u0000}").Text("x").Raw("Nsb0h\u0003)\u0081q\u00010");
        for (var i = 0; i < 60; i++) twins.Raw("h\u0000h\u0001b0h\u0001h\u0000b0");
        twins.Raw("N");
        Refused(twins, "repeats the same contents without end");
    }

    [Fact]
    public void Names_that_grow_without_end_are_refused()
    {
        var names = new Pickled().Text(new string('k', 1000)).Raw("q\u00000");
        for (var level = 0; level < 5; level++) names.Raw("}h\u0000");
        Refused(names.Raw("Nsssss"), "longer than 2048 characters");
    }

    [Fact]
    public void Two_tensors_of_one_name_are_refused() => Refused(
        new Pickled().Raw("}").Text("a.b").Tensor(1, 0, [1], [1]).Raw("s").Text("a").Raw("}").Text("b").Tensor(1, 0, [1], [1]).Raw("ss"),
        "two tensors in it have the name a.b", storageBytes: 4);

    [Fact]
    public void Two_values_of_one_name_are_both_there()
    {
        // {1: None, "1": True}
        var values = Read(new Pickled().Raw("}K\u0001Ns").Text("1").Raw("\u0088s").Archive()).Values;
        Assert.Null(values["1"]);
        Assert.Equal(true, values["1 (2)"]);
    }

    [Fact]
    public void An_archive_with_a_wrong_checksum_is_refused()
    {
        var archive = new Pickled().Tensor(4, 0, [4], [1]).Archive(16);
        var storage = archive.AsSpan().IndexOf(Enumerable.Range(0, 16).Select(i => (byte)i).ToArray());
        archive[storage + 5] ^= 1;
        var message = Assert.Throws<InvalidDataException>(() => Read(archive)).Message;
        Assert.True(message.Contains("archive/data/0 does not have the checksum", StringComparison.Ordinal), message);
    }

    [Fact]
    public void Paths_in_an_archive_or_its_keys_lead_nowhere()
    {
        Refused(
            new Pickled().Tensor(4, 0, [4], [1], key: "../../../../etc/hostname"),
            "the storage archive/data/../../../../etc/hostname is missing");
        Refused(new Pickled().Raw("N"), "2 entries NAME/data.pkl", more: archive => Pickled.Add(archive, "other/data.pkl", [1]));
        Refused(
            new Pickled().Raw("N"), "two entries of the name archive/data/0", more: archive => Pickled.Add(archive, "archive/data/0", [1]));
        Refused(new Pickled().Raw("N"), "big-endian", more: archive => Pickled.Add(archive, "archive/byteorder", "big"u8.ToArray()));
        Refused(new Pickled().Raw("N"), "TorchScript", more: archive => Pickled.Add(archive, "archive/constants.pkl", [1]));
    }

    [Fact]
    public void A_compressed_entry_is_refused_before_it_swells()
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            Pickled.Add(archive, "archive/data.pkl", new byte[50_000_000], CompressionLevel.SmallestSize);
        var before = GC.GetTotalAllocatedBytes();
        Assert.Contains("is compressed", Assert.Throws<InvalidDataException>(() => Read(stream.ToArray())).Message);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Fact]
    public void A_pickle_that_is_not_of_torch_save_is_refused() =>
        Assert.Contains("not one of torch.save", Assert.Throws<InvalidDataException>(() => Read(new Pickled().Raw("}").Bytes)).Message);

    private static void Refused(Pickled pickle, string cause, int storageBytes = 0, Action<ZipArchive>? more = null)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(pickle.Archive(storageBytes, more)));
        Assert.StartsWith("x.pt cannot be read as a PyTorch archive: ", error.Message);
        Assert.True(error.Message.Contains(cause, StringComparison.Ordinal), error.Message);
    }

    private static TensorDocument Read(byte[] bytes) => TensorFile.Read(new MemoryStream(bytes), "x.pt", _ => true);
}
