using System.IO.Compression;

namespace W2S.Data;

// Makes the files that W2S reads from the upstream files. What comes out is checked by its SHA-256, so nothing here need be lenient.
public sealed partial class DataFetcher
{
    private static readonly byte[] Header = "smiles\n"u8.ToArray();

    /// <exception cref="InvalidDataException">A source is not what the recipe takes.</exception>
    private static void Make(CatalogueEntry.Recipe recipe, IReadOnlyList<string> sources, string target)
    {
        using var output = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None);
        switch (recipe)
        {
            case CatalogueEntry.Recipe.None:
                using (var input = File.OpenRead(sources[0])) input.CopyTo(output);
                break;
            case CatalogueEntry.Recipe.Gunzip:
                using (var input = Unpacked(sources[0])) input.CopyTo(output);
                break;
            case CatalogueEntry.Recipe.GunzipStripBlanks:
                using (var input = new StreamReader(Unpacked(sources[0])))
                    output.Write(Encoding.UTF8.GetBytes(input.ReadToEnd().Replace(" ,", ",", StringComparison.Ordinal)));
                break;
            case CatalogueEntry.Recipe.Gzip:
                Pack(sources[0], [], output);
                break;
            case CatalogueEntry.Recipe.HeaderGzip:
                Pack(sources[0], Header, output);
                break;
            case CatalogueEntry.Recipe.ChemBenchSplits:
                output.Write(Encoding.UTF8.GetBytes(SplitsTable(sources)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(recipe), recipe, "It is not done by the program.");
        }
        output.Flush(flushToDisk: true);
    }

    private static GZipStream Unpacked(string source) => InputFile.Unpack(File.OpenRead(source));

    private static void Pack(string source, byte[] header, Stream output)
    {
        using var input = File.OpenRead(source);
        using var packed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        // A mirror of the file may have the header already.
        var start = new byte[header.Length];
        var hasHeader = input.ReadAtLeast(start, header.Length, throwOnEndOfStream: false) == header.Length
            && start.AsSpan().SequenceEqual(header);
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
            if (splits[split].Count != parts.Length || splits[split].Sum(list => list.Count) != rows
                || splits[split].Any(list => list.Any(row => row >= rows)))
                throw new InvalidDataException($"{pickles[split]} does not hold three lists that divide {rows} rows.");
            for (var part = 0; part < parts.Length; part++)
                foreach (var row in splits[split][part]) cells[row, split] = parts[part];
        }
        var text = new StringBuilder("row_index,split122,split123,split124\n");
        for (var row = 0; row < rows; row++)
            text.Append(row)
                .Append(',').AppendJoin(',', Enumerable.Range(0, splits.Length).Select(split => cells[row, split])).Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// Finds the lists of whole numbers in a pickle (protocol 4) by their byte pattern and runs nothing of it. Enough for
    /// ChemBench's splits, of which each is a pandas Series of three such lists.
    /// </summary>
    private static class PickledIndices
    {
        private const byte EmptyList = (byte)']', Memoize = 0x94, Mark = (byte)'(', Appends = (byte)'e', Byte = (byte)'K',
            Short = (byte)'M', Int = (byte)'J';

        /// <returns>Each list that has only numbers, in the file's order.</returns>
        public static IReadOnlyList<IReadOnlyList<int>> Read(ReadOnlySpan<byte> pickle)
        {
            var lists = new List<IReadOnlyList<int>>();
            for (var at = 0; at + 2 < pickle.Length; at++)
            {
                if (pickle[at] != EmptyList || pickle[at + 1] != Memoize || pickle[at + 2] != Mark) continue;
                var list = new List<int>();
                var end = at + 2;
                // Pickle appends in batches of a thousand.
                while (TryBatch(pickle, end, list, out var next)) end = next;
                if (list.Count == 0) continue;
                lists.Add(list);
                at = end - 1;
            }
            return lists;
        }

        private static bool TryBatch(ReadOnlySpan<byte> pickle, int at, List<int> list, out int end)
        {
            end = at;
            if (at >= pickle.Length || pickle[at] != Mark) return false;
            var batch = new List<int>();
            for (at++; at + 4 < pickle.Length;)
            {
                switch (pickle[at])
                {
                    case Byte:
                        batch.Add(pickle[at + 1]);
                        at += 2;
                        break;
                    case Short:
                        batch.Add(BitConverter.ToUInt16(pickle[(at + 1)..]));
                        at += 3;
                        break;
                    case Int:
                        batch.Add(BitConverter.ToInt32(pickle[(at + 1)..]));
                        at += 5;
                        break;
                    case Appends:
                        list.AddRange(batch);
                        end = at + 1;
                        return true;
                    default:
                        return false;
                }
            }
            return false;
        }
    }
}
