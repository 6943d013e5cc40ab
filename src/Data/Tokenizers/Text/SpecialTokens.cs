using System.Text.RegularExpressions;

namespace W2S.Data;

/// <summary>Special tokens that stand in a text, which count as themselves whatever a tokenizer does to words.</summary>
internal sealed class SpecialTokens
{
    private readonly Regex? _any;
    private readonly Dictionary<string, int> _ids;

    /// <param name="ids">By their texts; of two at one place the longer is meant.</param>
    public SpecialTokens(IEnumerable<KeyValuePair<string, int>> ids)
    {
        _ids = new Dictionary<string, int>(ids.Where(pair => pair.Key.Length > 0).DistinctBy(pair => pair.Key), StringComparer.Ordinal);
        var longestFirst = _ids.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape);
        if (_ids.Count > 0) _any = new Regex(string.Join('|', longestFirst), RegexOptions.CultureInvariant);
    }

    /// <summary>The text's parts in order: the id of a special token, or −1 for what stands between, which is never empty.</summary>
    public IEnumerable<(int Id, int Start, int End)> Parts(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var match = _any?.Match(text, at);
            var end = match?.Success == true ? match.Index : text.Length;
            if (end > at) yield return (-1, at, end);
            if (match?.Success != true) yield break;
            yield return (_ids[match.Value], match.Index, at = match.Index + match.Length);
        }
    }
}
