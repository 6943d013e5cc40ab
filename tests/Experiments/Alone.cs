namespace W2S.Experiments;

/// <summary>Tests beside which no others run: libtorch has one number of threads in a process, and another one changes the last bits.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
