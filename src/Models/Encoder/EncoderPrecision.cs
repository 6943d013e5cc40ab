namespace W2S.Models;

/// <summary>In which numbers an encoder's matrix products are computed; everything else, the parameters included, is single.</summary>
public enum EncoderPrecision
{
    /// <summary>float32.</summary>
    Single,

    /// <summary>bfloat16, as PyTorch's autocast does it: for GPUs whose tensor cores are many times faster with it.</summary>
    BFloat16,
}
