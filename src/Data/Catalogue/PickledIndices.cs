namespace W2S.Data;

/// <summary>
/// Finds the lists of whole numbers in a pickle (protocol 4) by their byte pattern and runs nothing of it. Enough for
/// ChemBench's splits, of which each is a pandas Series of three such lists.
/// </summary>
internal static class PickledIndices
{
    private const byte EmptyList = (byte)']', Memoize = 0x94, Mark = (byte)'(', Appends = (byte)'e', Byte = (byte)'K', Short = (byte)'M', Int = (byte)'J';

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
