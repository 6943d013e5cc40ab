namespace W2S.Models.PyTorch;

/// <summary>What a file of weights holds, whatever its format.</summary>
/// <param name="Format">"pytorch-zip", "pytorch-legacy" or "safetensors".</param>
/// <param name="Tensors">In the file's order; nested keys are joined with '.', positions in lists are "[i]": state_dict.model.bert.pooler.dense.weight.</param>
/// <param name="Values">
/// All else under names of the same kind: null, bool, long, BigInteger, double, string, byte[]; classes, devices and the like
/// as their text. For safetensors its metadata. Empty lists and dictionaries do not appear.
/// </param>
public sealed record TensorDocument(string Format, IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, object?> Values);
