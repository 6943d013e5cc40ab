using System.Runtime.InteropServices;

namespace W2S.Data;

public sealed partial class WordPieceTokenizer
{
    /// <summary>What stands first in every vocabulary: [PAD], [UNK], [CLS], [SEP] and [MASK], 0 to 4.</summary>
    internal static IReadOnlyList<string> Special { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>
    /// Learns a vocabulary from texts: words are cut into characters, and again and again the
    /// two neighbouring pieces that stand together most often become one, until there are enough pieces. The same texts give the same
    /// vocabulary, in whatever order they come.
    /// </summary>
    /// <remarks>
    /// This is what Hugging Face's BertWordPieceTokenizer.train does: pairs are chosen by their counts as in byte-pair encoding
    /// (Sennrich et al. 2016), of equal ones the one whose pieces are older; Schuster and Nakajima (2012) choose by likelihood. Of
    /// writings with many characters the 1,000 most frequent are kept, and words with others are left out: they are unknown.
    /// </remarks>
    /// <param name="size">Tokens at most, the special ones counted; where texts have fewer pieces that repeat, it is smaller.</param>
    /// <param name="leastCount">A pair that is rarer never becomes one piece.</param>
    /// <param name="learned">Called with the number of tokens after each new one; it may throw to stop.</param>
    /// <exception cref="UserErrorException">There is no word, or the characters alone are more than <paramref name="size"/>.</exception>
    internal static IReadOnlyList<string> Learn(
        IEnumerable<string> texts, BertWordOptions options, int size, int leastCount = 2, Action<int>? learned = null)
    {
        var learner = new Learner();
        learner.AddCharacters(Learner.CountWords(texts, options));
        if (learner.Pieces.Count > size)
            throw new UserErrorException(
                $"A vocabulary of {size} tokens has no room for the {learner.Pieces.Count} characters of these texts and special "
                + $"tokens: ask for {learner.Pieces.Count} at least.");
        while (learner.Pieces.Count < size && learner.JoinMostFrequent(leastCount)) learned?.Invoke(learner.Pieces.Count);
        return learner.Pieces;
    }

    /// <summary>A vocabulary while it grows.</summary>
    private sealed class Learner
    {
        private const int MostCharacters = 1000;

        private readonly List<string> _pieces = [.. Special];
        private readonly Dictionary<string, int> _ids;
        private readonly List<(int[] Pieces, long Count)> _words = [];
        private readonly Dictionary<(int, int), long> _counts = [];
        private readonly Dictionary<(int, int), HashSet<int>> _wordsWith = [];

        // May hold counts of before; what is taken out is compared with what counts now.
        private readonly PriorityQueue<(int First, int Second), (long Rarity, int First, int Second)> _frequent = new();

        public Learner() => _ids = _pieces.Index().ToDictionary(piece => piece.Item, piece => piece.Index, StringComparer.Ordinal);

        public static Dictionary<string, long> CountWords(IEnumerable<string> texts, BertWordOptions options)
        {
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            var find = counts.GetAlternateLookup<ReadOnlySpan<char>>();
            var places = new List<(int Start, int End)>();
            foreach (var text in texts)
            {
                places.Clear();
                var normalized = options.Split(text, places);
                foreach (var (start, end) in places)
                    CollectionsMarshal.GetValueRefOrAddDefault(find, normalized.AsSpan(start..end), out _)++;
            }
            return counts.Count > 0 ? counts : throw new UserErrorException("The texts have no word to learn a vocabulary from.");
        }

        public IReadOnlyList<string> Pieces => _pieces;

        /// <summary>The pieces that words are made of at first: their characters, those within a word written "##e".</summary>
        public void AddCharacters(Dictionary<string, long> words)
        {
            var characters = words.SelectMany(word => word.Key.EnumerateRunes().Select(character => (character, word.Value)))
                .AggregateBy(one => one.character, 0L, (sum, one) => sum + one.Value)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(MostCharacters)
                .Select(pair => pair.Key).Order().ToList();
            foreach (var character in characters) IdOf(character.ToString());
            var known = characters.ToHashSet();
            var kept = words.Where(word => word.Key.EnumerateRunes().All(known.Contains)).ToList();
            var within = kept.SelectMany(word => word.Key.EnumerateRunes().Skip(1)).ToHashSet();
            foreach (var character in characters.Where(within.Contains)) IdOf(Continuation + character);
            foreach (var (word, count) in kept)
            {
                int[] pieces = [.. word.EnumerateRunes().Select((character, place) =>
                    IdOf(place == 0 ? character.ToString() : Continuation + character))];
                _words.Add((pieces, count));
                Count(_words.Count - 1, +1);
            }
            foreach (var pair in _counts.Keys) Enqueue(pair);
        }

        /// <summary>False: no pair is frequent enough.</summary>
        public bool JoinMostFrequent(int leastCount)
        {
            while (_frequent.TryDequeue(out var pair, out var known))
            {
                var count = _counts.GetValueOrDefault(pair);
                if (count < leastCount) continue;
                if (count != -known.Rarity)
                {
                    Enqueue(pair);
                    continue;
                }
                Join(pair, IdOf(_pieces[pair.First] + _pieces[pair.Second][Continuation.Length..]));
                return true;
            }
            return false;
        }

        private void Join((int First, int Second) pair, int joined)
        {
            var grown = new HashSet<(int, int)>();
            foreach (var word in _wordsWith[pair].ToArray())
            {
                Count(word, -1);
                var (pieces, left) = (_words[word].Pieces, new List<int>());
                for (var place = 0; place < pieces.Length; place++)
                {
                    var isPair = place + 1 < pieces.Length && (pieces[place], pieces[place + 1]) == pair;
                    left.Add(isPair ? joined : pieces[place]);
                    if (isPair) place++;
                }
                _words[word] = ([.. left], _words[word].Count);
                Count(word, +1);
                foreach (var one in PairsOf(word))
                    if (one.Item1 == joined || one.Item2 == joined) grown.Add(one);
            }
            foreach (var one in grown) Enqueue(one);
        }

        /// <summary>Adds a word's pairs to the counts, or takes them away.</summary>
        private void Count(int word, int sign)
        {
            foreach (var pair in PairsOf(word))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * _words[word].Count;
                ref var with = ref CollectionsMarshal.GetValueRefOrAddDefault(_wordsWith, pair, out _);
                if (sign > 0) (with ??= []).Add(word);
                else with?.Remove(word);
            }
        }

        private IEnumerable<(int, int)> PairsOf(int word) => _words[word].Pieces.Zip(_words[word].Pieces.Skip(1));

        private void Enqueue((int First, int Second) pair) => _frequent.Enqueue(pair, (-_counts[pair], pair.First, pair.Second));

        private int IdOf(string piece)
        {
            if (_ids.TryGetValue(piece, out var known)) return known;
            _pieces.Add(piece);
            return _ids[piece] = _pieces.Count - 1;
        }
    }
}
