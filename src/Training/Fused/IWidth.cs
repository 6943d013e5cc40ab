namespace W2S.Training.Fused;

/// <summary>A padded layer width as a type, so that the compiled kernel knows every distance in memory.</summary>
internal interface IWidth
{
    static abstract int Value { get; }
}

internal readonly struct Width16 : IWidth
{
    public static int Value => 16;
}

internal readonly struct Width32 : IWidth
{
    public static int Value => 32;
}

internal readonly struct Width48 : IWidth
{
    public static int Value => 48;
}

internal readonly struct Width64 : IWidth
{
    public static int Value => 64;
}
