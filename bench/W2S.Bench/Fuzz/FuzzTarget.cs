namespace W2S.Bench;

/// <summary>A kind of input and what reads it.</summary>
/// <param name="Name">Short: "yaml".</param>
/// <param name="FileName">What the input is called where it is read; a folder of its own may hold others beside it.</param>
/// <param name="Seeds">Sound inputs, from which others are made.</param>
/// <param name="Words">What inputs of this kind are made of: keys, names.</param>
/// <param name="Prepare">Lays what belongs beside the input into the folder.</param>
/// <param name="Read">Reads the input at this path; throws nothing but what is announced.</param>
internal sealed record FuzzTarget(
    string Name, string FileName, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Words, Action<string> Prepare, Action<string> Read);
