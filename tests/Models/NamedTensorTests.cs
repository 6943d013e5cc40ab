namespace W2S.Models;

public class NamedTensorTests
{
    [Fact]
    public void Values_must_fill_the_shape()
    {
        Assert.Throws<ArgumentException>(() => NamedTensor.Of("w", new float[6], 2, 4));
        Assert.Equal("[2, 3]", NamedTensor.Of("w", new float[6], 2, 3).ShapeText);
    }

    [Fact]
    public void A_tensor_of_another_type_is_refused_by_name()
    {
        var tensors = new Dictionary<string, NamedTensor> { ["w"] = NamedTensor.Of("w", new double[2], 2) };
        Assert.Contains(
            "w is F64 [2] where F32 [2] is needed", Assert.Throws<InvalidDataException>(() => tensors.Floats("w", 2).ToArray()).Message);
        Assert.Contains("bias is missing", Assert.Throws<InvalidDataException>(() => tensors.Doubles("bias", 2).ToArray()).Message);
        Assert.Equal(2, tensors.Doubles("w", 2).Length);
    }
}
