using System.Buffers.Binary;
using System.Text;

namespace W2S.Models.PyTorch;

/// <summary>Single values that Python pickles in a roundabout way.</summary>
internal static class PickleScalars
{
    /// <summary>Protocol 2 has no bytes: they come as text whose characters are the bytes.</summary>
    public static object Encode(PickleArguments arguments)
    {
        var text = arguments.Text(0);
        if (arguments.Optional(1) is not ("latin1" or "latin-1")) throw arguments.Unfit("latin1");
        return text.All(character => character <= 255) ? Encoding.Latin1.GetBytes(text) : throw arguments.Unfit("bytes");
    }

    /// <summary>numpy's scalar of an element type and bytes.</summary>
    public static object Numpy(PickleArguments arguments)
    {
        var type = (arguments.Optional(0) as PickleText)?.Text ?? throw arguments.Unfit("an element type");
        var bytes = arguments.Optional(1) switch
        {
            byte[] given => given,
            // Python 2's str.
            string text when text.All(character => character <= 255) => Encoding.Latin1.GetBytes(text),
            _ => throw arguments.Unfit("bytes"),
        };
        return (type, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i1", 1) => (long)(sbyte)bytes[0],
            ("u1", 1) => (long)bytes[0],
            ("b1", 1) => bytes[0] != 0,
            _ => new PickleText($"numpy {type} (left out)"),
        };
    }
}
