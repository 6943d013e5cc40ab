using System.Text;

namespace TorchSharp;

/// <summary>One argument of an operator: what the tags in Native/dispatch.cpp can carry. Null becomes None.</summary>
internal readonly struct Argument
{
    private enum Tag : long { None, OneTensor, Integer, Real, Boolean, Integers, Tensors, OptionalTensors, Text, Device, Generator }

    private readonly Tag _tag;
    private readonly long _bits;
    private readonly object? _reference;

    private Argument(Tag tag, long bits, object? reference = null) => (_tag, _bits, _reference) = (tag, bits, reference);

    public static implicit operator Argument(torch.Tensor? tensor) => tensor is null ? default : new(Tag.OneTensor, 0, tensor);
    public static implicit operator Argument(long value) => new(Tag.Integer, value);
    public static implicit operator Argument(long? value) => value is { } given ? given : default(Argument);
    public static implicit operator Argument(double value) => new(Tag.Real, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(double? value) => value is { } given ? given : default(Argument);
    public static implicit operator Argument(bool value) => new(Tag.Boolean, value ? 1 : 0);
    public static implicit operator Argument(long[]? list) => list is null ? default : new(Tag.Integers, 0, list);
    public static implicit operator Argument(torch.Tensor[] list) => new(Tag.Tensors, 0, list);
    public static implicit operator Argument(string? text) => text is null ? default : new(Tag.Text, 0, Encoding.UTF8.GetBytes(text));
    public static implicit operator Argument(torch.ScalarType? type) => type is { } given ? (long)given : default(Argument);
    public static implicit operator Argument(torch.Device? device) => device is null ? default : new(Tag.Device, 0, device);
    public static implicit operator Argument(torch.Generator? generator) => generator is null ? default : new(Tag.Generator, generator.Handle, generator);
    public static implicit operator Argument(Scalar? scalar) => scalar switch
    {
        null => default,
        { IsReal: true } => scalar.Real,
        { Type: torch.ScalarType.Bool } => scalar.Integer != 0,
        _ => scalar.Integer,
    };

    /// <summary>A list in which null stands for a dimension that is not indexed.</summary>
    public static Argument Indices(torch.Tensor?[] list) => new(Tag.OptionalTensors, 0, list);

    /// <summary>The tensor that this argument is.</summary>
    public torch.Tensor Tensor => (torch.Tensor)_reference!;

    /// <summary>Length of the encoding in 64-bit words.</summary>
    public int Words => _tag switch
    {
        Tag.None => 1,
        Tag.Integers => 2 + ((long[])_reference!).Length,
        Tag.Tensors or Tag.OptionalTensors => 2 + ((torch.Tensor?[])_reference!).Length,
        Tag.Text => 2 + (((byte[])_reference!).Length + 7) / 8,
        Tag.Device => 3,
        _ => 2,
    };

    /// <summary>Writes the encoding to the front of <paramref name="words"/> and returns the rest.</summary>
    public Span<long> Encode(Span<long> words)
    {
        words[0] = (long)_tag;
        switch (_tag)
        {
            case Tag.None:
                break;
            case Tag.OneTensor:
                words[1] = ((torch.Tensor)_reference!).Handle;
                break;
            case Tag.Integers:
                var list = (long[])_reference!;
                words[1] = list.Length;
                list.CopyTo(words[2..]);
                break;
            case Tag.Tensors or Tag.OptionalTensors:
                var tensors = (torch.Tensor?[])_reference!;
                words[1] = tensors.Length;
                for (var i = 0; i < tensors.Length; i++) words[2 + i] = tensors[i]?.Handle ?? 0;
                break;
            case Tag.Text:
                var bytes = (byte[])_reference!;
                words[1] = bytes.Length;
                bytes.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words[2..]));
                break;
            case Tag.Device:
                var device = (torch.Device)_reference!;
                (words[1], words[2]) = ((long)device.type, device.index);
                break;
            default:
                words[1] = _bits;
                break;
        }
        return words[Words..];
    }

    /// <summary>For error messages: "Float32 [32, 16]".</summary>
    public override string ToString() => _reference switch
    {
        torch.Tensor tensor => tensor.Describe(),
        torch.Tensor?[] tensors => $"({string.Join(", ", tensors.Select(tensor => tensor?.Describe() ?? "None"))})",
        long[] list => $"[{string.Join(", ", list)}]",
        byte[] text => $"\"{Encoding.UTF8.GetString(text)}\"",
        torch.Device device => device.ToString(),
        _ => _tag switch
        {
            Tag.None => "None",
            Tag.Real => $"{BitConverter.Int64BitsToDouble(_bits)}",
            Tag.Boolean => _bits != 0 ? "true" : "false",
            Tag.Generator => "generator",
            _ => $"{_bits}",
        },
    };
}
