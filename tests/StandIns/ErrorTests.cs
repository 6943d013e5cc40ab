using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.StandIns.Tests;

public class ErrorTests
{
    [Fact]
    public void An_error_names_the_operator_and_the_shapes()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(4, 5)));
        Assert.Contains("aten::mm(Float32 [2, 3], Float32 [4, 5]) failed: ", error.Message);
        Assert.Contains("cannot be multiplied", error.Message);
    }

    [Fact]
    public void A_backward_that_cannot_be_says_from_what()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).backward());
        Assert.Contains("backward from Float32 [2, 3] failed: ", error.Message);
    }

    [Fact]
    public void Arrays_of_the_wrong_length_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("5 elements do not fill Float32 [2, 3]", Assert.Throws<ArgumentException>(() => tensor(new float[5], [2, 3])).Message);
    }

    [Fact]
    public void An_error_leaves_the_library_usable()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < 20; i++) Assert.Throws<ExternalException>(() => ones(2).bmm(ones(3)));
        Assert.Equal(2, ones(2).sum().ToSingle());
    }
}
