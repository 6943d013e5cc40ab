namespace W2S.Models;

/// <summary>What a file of weights holds, whatever its format.</summary>
/// <param name="Format">"pytorch-zip", "pytorch-legacy", "safetensors" or "onnx".</param>
/// <param name="Tensors">
/// In the file's order; nested keys are joined with '.', positions in lists are "[i]": state_dict.model.bert.pooler.dense.weight.
/// </param>
/// <param name="Values">
/// All else under names of the same kind: null, bool, long, BigInteger, double, string, byte[]; classes, devices and the like
/// as their text. For safetensors its metadata. Empty lists and dictionaries do not appear.
/// </param>
public sealed record TensorDocument(
    string Format, IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>What a whole object is called that is not understood.</summary>
    internal const string OpaqueRootName = "object";

    /// <summary>
    /// What nothing here understands, by name, and what it is: an object of a class that is not known ("labproj.metrics.Tracker"),
    /// a sparse or quantised tensor. Nothing of it was executed, and all else in the file is as if it were not there. It is
    /// among <see cref="Values"/> as a text.
    /// </summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// " It has …" where something of that name, or something that it may be part of, was left out; else nothing: for errors
    /// about what is missing.
    /// </summary>
    public string WhatStandsFor(string name)
    {
        foreach (var (left, what) in LeftOut)
            if (name == left || name.StartsWith(left + ".", StringComparison.Ordinal) || left == OpaqueRootName)
                return $" In its place, {left} is {what}, which is not read here.";
        return "";
    }
}
