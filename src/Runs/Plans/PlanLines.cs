using System.Collections;
using System.Text;
using W2S.Data;
using W2S.Runs.Kinds;

namespace W2S.Runs.Plans;

/// <summary>
/// The lines of a plan.jsonl whose hash is known to be right, each read when it is asked for: a worker that is given one run
/// of ten thousand must not read them all, or the starts of ten thousand workers would cost a hundred million lines.
/// </summary>
internal sealed class PlanLines : IReadOnlyList<PlannedRun>
{
    private readonly byte[] _bytes;
    private readonly string _path;
    private readonly IReadOnlyList<Range> _lines;
    private readonly PlannedRun?[] _read;

    /// <param name="bytes">The whole file.</param>
    /// <param name="path">For messages.</param>
    public PlanLines(byte[] bytes, string path)
    {
        (_bytes, _path, _lines) = (bytes, path, Split(bytes));
        _read = new PlannedRun?[_lines.Count];
    }

    public int Count => _lines.Count;

    /// <summary>Safe from any thread; two that ask at once may read the line twice.</summary>
    public PlannedRun this[int index] => _read[index] ??= PlannedRun.Parse(_bytes.AsMemory(_lines[index]), index + 1, _path, isKnown: true);

    /// <summary>The identity of a line, without reading the rest of it.</summary>
    public string IdentityAt(int index) => Encoding.ASCII.GetString(_bytes.AsSpan(_lines[index]).Slice(PlannedRun.IdentityStart, NeededRun.IdentityLength));

    public IEnumerator<PlannedRun> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Where the lines of a plan are, line breaks left out.</summary>
    public static IReadOnlyList<Range> Split(byte[] bytes)
    {
        var lines = new List<Range>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) length = bytes.Length - start;
            lines.Add(start..(start + length));
            start += length + 1;
        }
        return lines;
    }
}
