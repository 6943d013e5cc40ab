namespace W2S.Training.Fused;

/// <summary>
/// Some of a batch's sequences, worked on together from the embeddings to the losses and back, so that what is between
/// stays in the second-level cache. Its arrays are reused from block to block.
/// </summary>
internal sealed class EncoderBlock
{
    private PackedTokens _batch = null!;

    /// <summary>The batch's sequences [First, First + Sequences).</summary>
    public int First { get; private set; }

    public int Sequences { get; private set; }

    /// <summary>The batch's number of the block's first token, and the number of its tokens.</summary>
    public int FirstToken { get; private set; }

    public int Tokens { get; private set; }

    /// <summary>
    /// Tokens whose vectors after the last layer are wanted, rising, counted from the block's first; and where each sequence's begin among
    /// them.
    /// </summary>
    public int[] Needed { get; private set; } = [];

    public int[] NeededOffsets { get; private set; } = [];

    public int NeededCount { get; private set; }

    /// <summary>Whether all tokens are needed.</summary>
    public bool NeedsAll => NeededCount == Tokens;

    /// <summary>Which of the needed tokens are asked for, and their answers.</summary>
    public int[] Asked { get; private set; } = [];

    public int[] Answers { get; private set; } = [];

    public int AskedCount { get; private set; }

    public int Token(int token) => _batch.Tokens[FirstToken + token];

    public int Type(int token) => _batch.Types?[FirstToken + token] ?? 0;

    /// <summary>Where a sequence begins, counted from the block's first token; may be asked of the one past the last.</summary>
    public int Start(int sequence) => _batch.Offsets[First + sequence] - FirstToken;

    public int Length(int sequence) => _batch.Length(First + sequence);

    /// <summary>
    /// Takes whole sequences from <paramref name="first"/> on until there are so many tokens or <paramref name="end"/> is reached.
    /// </summary>
    /// <param name="masked">As in <see cref="EncoderTargets"/>; null: no token is asked.</param>
    /// <param name="needsFirst">Whether the first token of each sequence is needed.</param>
    /// <param name="needsAll">Whether every token is.</param>
    public void Take(PackedTokens batch, int first, int end, int tokens, int[]? masked, bool needsFirst, bool needsAll)
    {
        (_batch, First, FirstToken, Sequences) = (batch, first, batch.Offsets[first], 0);
        do Sequences++;
        while (First + Sequences < end && batch.Offsets[First + Sequences + 1] - FirstToken <= tokens);
        Tokens = batch.Offsets[First + Sequences] - FirstToken;
        if (Needed.Length < Tokens) (Needed, Asked, Answers) = (new int[Tokens], new int[Tokens], new int[Tokens]);
        if (NeededOffsets.Length <= Sequences) NeededOffsets = new int[Sequences + 1];

        (NeededCount, AskedCount) = (0, 0);
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            NeededOffsets[sequence] = NeededCount;
            for (var token = Start(sequence); token < Start(sequence + 1); token++)
            {
                var answer = masked?[FirstToken + token] ?? -1;
                if (answer >= 0) (Asked[AskedCount], Answers[AskedCount++]) = (NeededCount, answer);
                if (answer >= 0 || needsAll || (needsFirst && token == Start(sequence))) Needed[NeededCount++] = token;
            }
        }
        NeededOffsets[Sequences] = NeededCount;
    }
}
