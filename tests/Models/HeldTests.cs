using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

public class HeldTests
{
    /// <remarks>Another TorchSharp has another list: print it with this test and put it into the file.</remarks>
    [Fact]
    public void Everything_in_TorchSharp_that_makes_a_scalar_nobody_holds_is_banned()
    {
        var banned = File.ReadLines(Path.Combine(RepositoryRoot(), "build", "BannedSymbols.txt"))
            .Select(line => line.Split(';')[0]).ToHashSet();
        var missing = TemporaryScalars.Banned().Where(id => !banned.Contains(id)).ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.Contains("M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)", banned);
        Assert.Contains("M:TorchSharp.torch.Tensor.square", banned);
    }

    [Fact]
    public void A_number_has_one_scalar_for_as_long_as_the_program_runs()
    {
        Assert.Same(Held.Of(0.5), Held.Of(0.5));
        Assert.NotSame(Held.Of(0.5), Held.Of(-0.5));
    }

    [Fact]
    public void Sums_products_and_squares_are_those_of_arithmetic_for_integers_too()
    {
        using var scope = NewDisposeScope();
        var (singles, integers) = (tensor((float[])[1, -2, 3]), tensor((long[])[4, 5, 6]));
        Assert.Equal([5f, 3, 9], singles.Plus(integers).data<float>().ToArray());
        Assert.Equal([5L, 6, 7], integers.add(Held.One, Held.One).data<long>().ToArray());
        Assert.Equal([1f, 4, 9], singles.Squared().data<float>().ToArray());
        Assert.Equal([0.5f, -1, 1.5f], singles.Times(0.5).data<float>().ToArray());
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "W2S.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
