using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace W2S.StandIns.Tests;

/// <summary>What the abstract Tokenizer does for one that supplies only the two methods it must.</summary>
public class TokenizerTests
{
    private static readonly Tokenizer Tokenizer = new CharacterPairs();

    [Fact]
    public void Ids_and_counts_follow_from_the_tokens()
    {
        Assert.Equal(["ab", "cd", "e"], Tokenizer.EncodeToTokens("abcde", out var normalised).Select(token => token.Value));
        Assert.Null(normalised);
        Assert.Equal(['a', 'c', 'e'], Tokenizer.EncodeToIds("abcde").Select(id => (char)id));
        Assert.Equal(Tokenizer.EncodeToIds("abcde"), Tokenizer.EncodeToIds("abcde".AsSpan()));
        Assert.Equal(3, Tokenizer.CountTokens("abcde"));
        Assert.Equal(0, Tokenizer.CountTokens(""));
    }

    [Fact]
    public void A_limit_cuts_the_text_and_says_how_much_was_used()
    {
        Assert.Equal(2, Tokenizer.EncodeToIds("abcde", 2, out _, out var used).Count);
        Assert.Equal(4, used);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.EncodeToIds("abcde", 0, out _, out _));
        Assert.Throws<ArgumentNullException>(() => Tokenizer.EncodeToIds(null!));
    }

    [Theory]
    [InlineData(2, 4, 2, 2, 2)]
    [InlineData(9, 5, 3, 0, 3)]
    public void A_number_of_tokens_gives_an_index_from_either_end(int tokens, int index, int count, int indexFromEnd, int countFromEnd)
    {
        Assert.Equal(index, Tokenizer.GetIndexByTokenCount("abcde", tokens, out _, out var counted));
        Assert.Equal(count, counted);
        Assert.Equal(indexFromEnd, Tokenizer.GetIndexByTokenCountFromEnd("abcde", tokens, out _, out counted));
        Assert.Equal(countFromEnd, counted);
    }

    [Fact]
    public void An_empty_text_ends_where_it_begins() => Assert.Equal(0, Tokenizer.GetIndexByTokenCountFromEnd("", 3, out _, out _));

    [Fact]
    public void Decoding_grows_its_buffer_and_refuses_what_is_no_id()
    {
        var text = new string('x', 5000);
        Assert.Equal(text, Tokenizer.Decode(text.Select(character => (int)character)));
        Assert.Throws<ArgumentException>(() => Tokenizer.Decode([1, -1]));
    }

    /// <summary>Tokens of two characters, their id the first one's code; decoding gives that character only.</summary>
    private sealed class CharacterPairs : Tokenizer
    {
        protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
        {
            var characters = text is null ? textSpan : text;
            var tokens = new List<EncodedToken>();
            var position = 0;
            while (position < characters.Length && tokens.Count < settings.MaxTokenCount)
            {
                var end = Math.Min(position + 2, characters.Length);
                tokens.Add(new EncodedToken(characters[position], characters[position..end].ToString(), position..end));
                position = end;
            }
            return new EncodeResults<EncodedToken> { Tokens = tokens, CharsConsumed = position };
        }

        public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
        {
            (idsConsumed, charsWritten) = (0, 0);
            foreach (var id in ids)
            {
                if (id < 0) return OperationStatus.InvalidData;
                if (charsWritten == destination.Length) return OperationStatus.DestinationTooSmall;
                destination[charsWritten++] = (char)id;
                idsConsumed++;
            }
            return OperationStatus.Done;
        }
    }
}
