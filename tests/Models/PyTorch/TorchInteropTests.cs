using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using W2S.Models.PyTorch;

namespace W2S.Models.Tests;

/// <summary>Both ways with the PyTorch that is installed: pickle protocols 2, 4 and 5, archives and legacy files.</summary>
public sealed class TorchInteropTests(PythonPeer peer) : IClassFixture<PythonPeer>
{
    [SkippableFact]
    public void Every_type_stride_and_sharing_that_PyTorch_writes_is_read_to_the_bit()
    {
        peer.Require();
        Assert.Equal(24, AssertAllRead(peer.Types));
        foreach (var file in Directory.EnumerateFiles(peer.Types, "odd-*"))
        {
            var values = TensorFile.Read(file).Values;
            Assert.Equal(
                [12L, BigInteger.Pow(2, 70), -5L, 1e-3, "ü", null, true],
                new[] { "step", "big", "negative", "rate", "name", "nothing", "yes" }.Select(name => values[name]));
            Assert.Equal(new byte[] { 0, 255 }, values["bytes"]);
            Assert.Equal(
                [3L, 4L, "torch.float32", "cpu", 1L, 1L],
                new[] { "size[0]", "size[1]", "type", "device", "default.a", "set[0]" }.Select(name => values[name]));
            Assert.Equal([0.5, 2L, "/a/b"], new[] { "space.lr", "space.layers[1]", "path" }.Select(name => values[name]));
        }
    }

    [SkippableFact]
    public void A_Lightning_checkpoint_of_MolBERTs_structure_is_read_with_its_settings_as_data()
    {
        peer.Require();
        Assert.Equal(6, AssertAllRead(peer.Lightning));
        foreach (var file in Directory.EnumerateFiles(peer.Lightning, "*.pt"))
        {
            var checkpoint = TensorFile.Read(file);
            Assert.Equal([16L, 8L], checkpoint.Tensors["state_dict.model.bert.encoder.layer.1.intermediate.dense.weight"].Shape);
            Assert.Equal([4L], checkpoint.Tensors["state_dict.model.bert.embeddings.position_embeddings.inv_freq"].Shape);
            Assert.Equal(0.25f, checkpoint.Tensors["checkpoint_callback_best_model_score"].As<float>()[0]);
            Assert.Equal(
                [200L, true, null],
                new[] { "num_physchem_properties", "masked_lm", "gpus" }.Select(name => checkpoint.Values[$"hyper_parameters.{name}"]));
            Assert.Equal(3e-5, checkpoint.Values["namespace.learning_rate"]);
            Assert.Equal("valid_loss", checkpoint.Values["callbacks.pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint.monitor"]);
        }
    }

    [SkippableFact]
    public void What_is_foreign_is_left_out_and_the_plain_tensors_beside_it_are_read()
    {
        peer.Require();
        foreach (var path in Directory.EnumerateFiles(peer.Folder, "foreign-*"))
        {
            var file = TensorFile.Read(path);
            Assert.Equal([0f, 1, 2, 3, 4, 5], file.Tensors["state_dict.head.weight"].As<float>().ToArray());
            Assert.Equal([2L], file.Tensors["state_dict.head.bias"].Shape);
            Assert.Equal(
                ["1+2j", "0-0.5j"],
                Enumerable.Range(0, 2).Select(index => file.Tensors["complex"].Exact(index).ToString()!.Replace("-0-", "0-")));
            Assert.Equal(3, file.Tensors.Count);
            Assert.Equal(1e-3, file.Values["hyper_parameters.lr"]);
            Assert.Equal(1L, file.Values["hyper_parameters.labproj.metrics.Tracker"]);
            Assert.Equal(
                [
                    "hyper_parameters.metric = labproj.metrics.Tracker", "hyper_parameters.named = labproj.metrics.Named",
                    "hyper_parameters.when = datetime.datetime",
                    .. path.EndsWith("-4.pt", StringComparison.Ordinal) ? ["kept = labproj.metrics.Kept"] : (string[])[],
                    "quantised = a quantised tensor [2, 3]", "sparse = a sparse tensor [3, 3]",
                ],
                file.LeftOut.Select(pair => $"{pair.Key} = {pair.Value}").Order(StringComparer.Ordinal));
        }
        Assert.Equal("torch.nn.modules.linear.Linear", TensorFile.Read(Path.Combine(peer.Folder, "module.pt")).LeftOut["object"]);
    }

    [SkippableFact]
    public void Only_wanted_tensors_are_read()
    {
        peer.Require();
        var some = TensorFile.Read(
            Path.Combine(peer.Lightning, "lightning-zip-2.pt"),
            name => name.StartsWith("state_dict.model.bert.pooler.", StringComparison.Ordinal));
        Assert.Equal(["state_dict.model.bert.pooler.dense.weight", "state_dict.model.bert.pooler.dense.bias"], some.Tensors.Keys);
    }

    [SkippableFact]
    public void Every_type_that_is_written_as_safetensors_is_what_Python_reads()
    {
        peer.Require();
        var tensors = TensorFile.Read(Path.Combine(peer.Types, "types-zip-2.pt")).Tensors;
        var file = Path.Combine(peer.Folder, "ours.safetensors");
        Safetensors.Write(file, [.. tensors.Values]);
        using var read = JsonDocument.Parse(PythonPeer.Run("safetensors", file));
        Assert.Equal(tensors.Count, read.RootElement.EnumerateObject().Count());
        foreach (var tensor in tensors.Values)
        {
            var theirs = read.RootElement.GetProperty(tensor.Name);
            Assert.Equal(tensor.Type.ToString(), theirs.GetProperty("dtype").GetString());
            Assert.Equal(tensor.Shape, theirs.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()));
            var values = theirs.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()).ToList();
            Assert.Equal(values, Enumerable.Range(0, tensor.Count()).Select(i => Convert.ToDouble(tensor.Exact(i))));
            Assert.Equal(values.Select(value => (float)value), tensor.ToFloat32().As<float>().ToArray());
        }
        var again = TensorFile.Read(file);
        Assert.Equal("safetensors", again.Format);
        Assert.Equal(tensors.Values.Select(Line).Order(), again.Tensors.Values.Select(Line).Order());
    }

    /// <summary>Compares every file with expected.json, and returns how many there were.</summary>
    private static int AssertAllRead(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        var files = 0;
        foreach (var file in json.RootElement.EnumerateObject())
        {
            var document = TensorFile.Read(Path.Combine(folder, file.Name));
            Assert.Equal(file.Name.Contains("legacy", StringComparison.Ordinal) ? "pytorch-legacy" : "pytorch-zip", document.Format);
            Assert.Equal(file.Value.EnumerateObject().Select(Line).Order(), document.Tensors.Values.Select(Line).Order());
            files++;
        }
        return files;
    }

    private static string Line(JsonProperty tensor)
    {
        var type = tensor.Value.GetProperty("dtype").GetString() switch
        {
            "bfloat16" => "BF16",
            "bool" => "BOOL",
            "uint8" => "U8",
            var name => $"{char.ToUpperInvariant(name![0])}{name.AsSpan(name.IndexOfAnyInRange('0', '9'))}",
        };
        return $"{tensor.Name} {type} [{string.Join(", ", tensor.Value.GetProperty("shape").EnumerateArray())}] "
            + tensor.Value.GetProperty("sha256").GetString();
    }

    private static string Line(NamedTensor tensor) =>
        $"{tensor.Name} {tensor.Type} {tensor.ShapeText} {Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes))}";
}
