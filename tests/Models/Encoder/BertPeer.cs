using System.Diagnostics;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>BERT in plain PyTorch: bert_peer.py, which says what it reads and writes.</summary>
internal static class BertPeer
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasTorch = new(() => File.Exists(Python) && Run("-c", "import torch, numpy").ExitCode == 0);

    public static void SkipWithoutIt() => Skip.IfNot(HasTorch.Value, $"{Python} with torch and numpy is absent.");

    public static void Call(params string[] arguments)
    {
        var (exitCode, errors) = Run([Path.Combine(AppContext.BaseDirectory, "Encoder", "bert_peer.py"), .. arguments]);
        Assert.True(exitCode == 0, errors);
    }

    public static void WriteTokens(string folder, TokenBatch batch) => Safetensors.Write(Path.Combine(folder, "tokens.safetensors"),
    [
        Named("ids", batch.Ids), Named("types", batch.Types ?? zeros_like(batch.Ids)),
        Named("mask", (batch.Mask ?? ones_like(batch.Ids)).to(int64)),
    ]);

    /// <summary>Of ids, types and mask that the script wrote.</summary>
    public static TokenBatch ReadTokens(string folder)
    {
        var tensors = Safetensors.Read(Path.Combine(folder, "tokens.safetensors")).Tensors;
        Tensor Values(string name) => tensor(tensors[name].As<long>().ToArray(), tensors[name].Shape);
        return new TokenBatch(Values("ids"), Values("types"), Values("mask").ne(Held.Zero));
    }

    /// <summary>Every element within <paramref name="tolerance"/> of the peer's.</summary>
    public static void AssertClose(NamedTensor expected, Tensor found, double tolerance)
    {
        Assert.Equal(expected.Shape, found.shape);
        var values = found.detach().contiguous().data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
            Assert.True(
                Math.Abs(values[i] - expected.As<float>()[i]) <= tolerance,
                $"{expected.Name}, element {i}: {values[i]} where the peer has {expected.As<float>()[i]}.");
    }

    private static NamedTensor Named(string name, Tensor values) => NamedTensor.Of(name, values.data<long>().ToArray(), values.shape);

    private static (int ExitCode, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
