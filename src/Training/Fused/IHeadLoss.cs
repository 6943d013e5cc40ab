namespace W2S.Training.Fused;

/// <summary>What the heads of a group are fitted by: the loss of a batch, and its gradient in the linear outputs.</summary>
internal unsafe interface IHeadLoss<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>Replaces the heads' linear outputs, still without biases, by the gradient of the batch's mean loss in them.</summary>
    /// <param name="rows">Addresses of the batch's rows, padded with a row of zeros.</param>
    /// <param name="batch">Samples that count; the gradient of the others becomes 0.</param>
    /// <param name="padded">All samples: a multiple of <see cref="HeadStep{TSimd, TVector, TLoss}.Samples"/>.</param>
    /// <param name="parameters">The group's weights and biases.</param>
    /// <param name="outputs">[outputs, padded, tasks].</param>
    /// <param name="losses">Receives each task's mean loss.</param>
    static abstract void Backward(float** rows, nint batch, nint padded, HeadGroups layout, float* parameters, float* outputs, float* losses);
}
