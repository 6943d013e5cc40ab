namespace W2S.Training.Fused;

/// <summary>A padded layer width as a type, so that the compiled kernel knows every distance in memory.</summary>
internal interface IWidth
{
    static abstract int Value { get; }
}
