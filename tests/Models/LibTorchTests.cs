using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

public sealed class LibTorchTests
{
    [Fact]
    public void It_loads() => LibTorch.Load();

    [Fact]
    public void The_process_itself_tells_MKL_to_be_reproducible()
    {
        Assert.NotNull(Marshal.PtrToStringAnsi(getenv(LibTorch.ReproducibilityVariable)));
        Assert.NotEqual("OFF", LibTorch.ReproduciblePath());
    }

    /// <summary>
    /// With an empty MKL_CBWR, which leaves MKL as it comes, each of these differs in its last bits at some of the places.
    /// </summary>
    [Theory]
    [InlineData(1, 16, 1)]
    [InlineData(8, 8, 8)]
    [InlineData(32, 16, 1)]
    [InlineData(33, 17, 9)]
    [InlineData(5, 250, 3)]
    public void A_layers_product_has_the_same_bits_wherever_its_operands_lie_in_memory(int rows, int inputs, int outputs)
    {
        var generator = new Random(1);
        var (samples, weights) = (Numbers(rows * inputs), Numbers(outputs * inputs));
        var expected = Product(0);
        Assert.All(Enumerable.Range(1, 15), offset => Assert.Equal(expected, Product(offset)));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(generator.NextDouble() - 0.5))];

        float[] Product(int offset)
        {
            using var scope = NewDisposeScope();
            return mm(Placed(samples, offset).view(rows, inputs), Placed(weights, offset).view(outputs, inputs).t())
                .contiguous().data<float>().ToArray();
        }
    }

    private static Tensor Placed(float[] values, int offset)
    {
        var buffer = zeros(values.Length + offset);
        var place = buffer.narrow(0, offset, values.Length);
        place.copy_(tensor(values));
        return place;
    }

    [Fact]
    public void Without_a_GPU_the_reason_and_a_remedy_are_given()
    {
        if (cuda.is_available()) Assert.Null(LibTorch.CudaProblem());
        else Assert.Contains("--device cpu", LibTorch.CudaProblem()!.Remedy);
    }

    [DllImport("libc", CharSet = CharSet.Ansi, ExactSpelling = true)]
    private static extern nint getenv(string name);
}
