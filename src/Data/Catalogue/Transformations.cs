using System.IO.Compression;
using System.Text;

namespace W2S.Data;

/// <summary>Makes the files that W2S reads from the upstream files. What comes out is checked by its SHA-256, so nothing here need be lenient.</summary>
internal static class Transformations
{
    private static readonly byte[] Header = "smiles\n"u8.ToArray();

    /// <exception cref="InvalidDataException">A source is not what the transformation takes.</exception>
    public static void Apply(Transformation transformation, IReadOnlyList<string> sources, string target)
    {
        using var output = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None);
        switch (transformation)
        {
            case Transformation.None:
                using (var input = File.OpenRead(sources[0])) input.CopyTo(output);
                break;
            case Transformation.Gunzip:
                using (var input = Unpacked(sources[0])) input.CopyTo(output);
                break;
            case Transformation.GunzipStripBlanks:
                using (var input = new StreamReader(Unpacked(sources[0])))
                    output.Write(Encoding.UTF8.GetBytes(input.ReadToEnd().Replace(" ,", ",", StringComparison.Ordinal)));
                break;
            case Transformation.Gzip:
                Pack(sources[0], [], output);
                break;
            case Transformation.HeaderGzip:
                Pack(sources[0], Header, output);
                break;
            case Transformation.ChemBenchSplits:
                output.Write(Encoding.UTF8.GetBytes(SplitsTable(sources)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(transformation), transformation, "It is not done by the program.");
        }
        output.Flush(flushToDisk: true);
    }

    private static GZipStream Unpacked(string source) => Gzip.Unpack(File.OpenRead(source));

    private static void Pack(string source, byte[] header, Stream output)
    {
        using var input = File.OpenRead(source);
        using var packed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        // A mirror of the file may have the header already.
        var start = new byte[header.Length];
        var hasHeader = input.ReadAtLeast(start, header.Length, throwOnEndOfStream: false) == header.Length && start.AsSpan().SequenceEqual(header);
        input.Position = 0;
        if (!hasHeader) packed.Write(header);
        input.CopyTo(packed);
    }

    private static string SplitsTable(IReadOnlyList<string> pickles)
    {
        string[] parts = ["train", "valid", "test"];
        var splits = pickles.Select(pickle => PickledIndices.Read(File.ReadAllBytes(pickle))).ToArray();
        var rows = splits[0].Sum(lists => lists.Count);
        var cells = new string[rows, splits.Length];
        for (var split = 0; split < splits.Length; split++)
        {
            if (splits[split].Count != parts.Length || splits[split].Sum(list => list.Count) != rows || splits[split].Any(list => list.Any(row => row >= rows)))
                throw new InvalidDataException($"{pickles[split]} does not hold three lists that divide {rows} rows.");
            for (var part = 0; part < parts.Length; part++)
                foreach (var row in splits[split][part]) cells[row, split] = parts[part];
        }
        var text = new StringBuilder("row_index,split122,split123,split124\n");
        for (var row = 0; row < rows; row++)
            text.Append(row).Append(',').AppendJoin(',', Enumerable.Range(0, splits.Length).Select(split => cells[row, split])).Append('\n');
        return text.ToString();
    }
}
