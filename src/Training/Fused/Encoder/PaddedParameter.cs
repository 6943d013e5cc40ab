namespace W2S.Training.Fused;

/// <summary>
/// One parameter's place in padded memory: element [output, input] is at start + outputs[output] + inputs[input] · stride.
/// </summary>
internal sealed class PaddedParameter(int start, int[] outputs, int[] inputs, int stride)
{
    /// <param name="plain">Row-major [outputs, inputs].</param>
    public void Pack(ReadOnlySpan<float> plain, Span<float> padded)
    {
        for (var output = 0; output < outputs.Length; output++)
            for (var input = 0; input < inputs.Length; input++)
                padded[start + outputs[output] + inputs[input] * stride] = plain[output * inputs.Length + input];
    }

    /// <summary>The opposite of <see cref="Pack"/>.</summary>
    public void Unpack(ReadOnlySpan<float> padded, Span<float> plain)
    {
        for (var output = 0; output < outputs.Length; output++)
            for (var input = 0; input < inputs.Length; input++)
                plain[output * inputs.Length + input] = padded[start + outputs[output] + inputs[input] * stride];
    }

    /// <summary>Part of the padded memory that AdamW decays or does not.</summary>
    public readonly record struct Region(int Start, int Length, bool IsDecayed);
}
