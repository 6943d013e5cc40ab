namespace W2S.Training;

/// <summary>
/// The batches of a pretraining. A batch is a function of (seed, stream, epoch, number), so an interrupted training needs
/// no state of it. Molecules with and without descriptors never share a batch.
/// </summary>
internal sealed class EncoderBatches
{
    private readonly Examples _molecules;
    private readonly List<Group> _groups = [];
    private readonly TokenMasking _masking;
    private readonly long _seed;
    private readonly string _stream;
    private readonly int[] _order;
    private long _orderOf = -1;

    /// <param name="members">The molecules to draw from, by number.</param>
    /// <param name="pairs">
    /// Whether a sequence is two molecules, [CLS] a [SEP] b [SEP], the second being the first in another form in half of the cases.
    /// </param>
    /// <param name="stream">Name of the random streams: another for held-out molecules than for training.</param>
    /// <exception cref="ArgumentException">There is no molecule; or pairs are asked for, and the molecules have one form only.</exception>
    public EncoderBatches(
        Examples molecules, int[] members, int vocabularySize, EncoderPretrainingOptions options, bool pairs, long seed,
        string stream = "pretraining")
    {
        if (members.Length == 0) throw new ArgumentException("There is no molecule to train on.", nameof(members));
        if (pairs && molecules.Forms.Count < 2)
            throw new ArgumentException("Pairs of one molecule need a second way of writing it.", nameof(molecules));
        (_molecules, HasPairs, _seed, _stream) = (molecules, pairs, seed, stream);
        _masking = new TokenMasking(options.Masking, vocabularySize, seed, $"{stream}, masking", molecules.Special);
        foreach (var isDescribed in (bool[])[true, false])
        {
            var chosen = Array.FindAll(members, member => molecules.DescriptorRows[member] >= 0 == isDescribed);
            if (chosen.Length == 0) continue;
            var lengths = Array.ConvertAll(chosen, molecules.Forms[0].Length);
            var order = $"{stream}, {(isDescribed ? "described" : "plain")} batches";
            _groups.Add(new Group(chosen, new LengthGrouped(lengths, options.Batch, seed, order)));
        }
        Count = _groups.Sum(group => group.Batches.Count);
        _order = new int[Count];
    }

    /// <summary>Batches of an epoch.</summary>
    public int Count { get; }

    /// <summary>Numbers of a described molecule; 0: no molecule is described.</summary>
    public int DescriptorCount => _molecules.DescriptorCount;

    /// <summary>Whether a sequence is two molecules.</summary>
    public bool HasPairs { get; }

    /// <param name="batch">0 .. <see cref="Count"/> − 1.</param>
    public EncoderBatch this[long epoch, int batch]
    {
        get
        {
            if (_orderOf != epoch) new RandomStream(_seed, $"{_stream}, order of batches", epoch).Permutation(_order);
            _orderOf = epoch;
            var number = _order[batch];
            var group = _groups.First(group => number < group.Batches.Count || (number -= group.Batches.Count) < 0);
            var members = group.Batches[epoch, number].ToArray();
            for (var i = 0; i < members.Length; i++) members[i] = group.Members[members[i]];
            return Compose(epoch, members);
        }
    }

    private EncoderBatch Compose(long epoch, int[] members)
    {
        var forms = new (int Molecule, int Form)[members.Length];
        var partners = HasPairs ? new (int Molecule, int Form)[members.Length] : null;
        var same = HasPairs ? new int[members.Length] : null;
        var stream = $"{_stream}, forms in epoch {epoch}";
        for (var i = 0; i < members.Length; i++)
        {
            var random = new RandomStream(_seed, stream, members[i]);
            forms[i] = (members[i], random.NextInt(_molecules.Forms.Count));
            if (partners == null) continue;
            same![i] = random.NextInt(2);
            partners[i] = same[i] == 1
                ? (members[i], (forms[i].Form + 1 + random.NextInt(_molecules.Forms.Count - 1)) % _molecules.Forms.Count)
                : (Other(members[i], random), random.NextInt(_molecules.Forms.Count));
        }
        var tokens = partners == null ? Sequences(forms) : Pairs(forms, partners);
        return _masking.Mask(tokens, members, epoch) with { Descriptors = Descriptors(members), SameMolecule = same };
    }

    private int Other(int molecule, RandomStream random)
    {
        var all = _groups.Sum(group => group.Members.Length);
        if (all == 1) return molecule;
        while (true)
        {
            var number = random.NextInt(all);
            var group = _groups.First(group => number < group.Members.Length || (number -= group.Members.Length) < 0);
            if (group.Members[number] != molecule) return group.Members[number];
        }
    }

    private ReadOnlySpan<int> Tokens((int Molecule, int Form) sequence)
    {
        var form = _molecules.Forms[sequence.Form];
        return form.Tokens.AsSpan(form.Offsets[sequence.Molecule], form.Length(sequence.Molecule));
    }

    private PackedTokens Sequences((int Molecule, int Form)[] forms)
    {
        var offsets = new int[forms.Length + 1];
        for (var i = 0; i < forms.Length; i++) offsets[i + 1] = offsets[i] + Tokens(forms[i]).Length;
        var tokens = new int[offsets[^1]];
        for (var i = 0; i < forms.Length; i++) Tokens(forms[i]).CopyTo(tokens.AsSpan(offsets[i]));
        return new PackedTokens(tokens, offsets);
    }

    private PackedTokens Pairs((int Molecule, int Form)[] firsts, (int Molecule, int Form)[] seconds)
    {
        var offsets = new int[firsts.Length + 1];
        for (var i = 0; i < firsts.Length; i++) offsets[i + 1] = offsets[i] + Tokens(firsts[i]).Length + Tokens(seconds[i]).Length - 1;
        var (tokens, types) = (new int[offsets[^1]], new byte[offsets[^1]]);
        for (var i = 0; i < firsts.Length; i++)
        {
            var first = Tokens(firsts[i]);
            var second = Tokens(seconds[i])[1..]; // without its [CLS]
            first.CopyTo(tokens.AsSpan(offsets[i]));
            second.CopyTo(tokens.AsSpan(offsets[i] + first.Length));
            types.AsSpan(offsets[i] + first.Length, second.Length).Fill(1);
        }
        return new PackedTokens(tokens, offsets, types);
    }

    private float[]? Descriptors(int[] members)
    {
        var width = _molecules.DescriptorCount;
        if (width == 0 || _molecules.DescriptorRows[members[0]] < 0) return null;
        var descriptors = new float[members.Length * width];
        for (var i = 0; i < members.Length; i++)
            _molecules.Descriptors.AsSpan(_molecules.DescriptorRows[members[i]] * width, width).CopyTo(descriptors.AsSpan(i * width));
        return descriptors;
    }

    private sealed record Group(int[] Members, LengthGrouped Batches);

    /// <summary>
    /// Batches of sequences of nearly the same length, so that little padding is computed: the sequences are shuffled, cut into
    /// windows, sorted by length within each, and cut into batches, whose order is shuffled.
    /// </summary>
    /// <remarks>Batches are a function of (seed, stream, epoch). Only the window decides how much chance is lost by the sorting.</remarks>
    public sealed class LengthGrouped
    {
        /// <summary>Hugging Face's group_by_length looks at 50 batches at once.</summary>
        public const int DefaultWindow = 50;

        private readonly int[] _lengths;
        private readonly int[] _order;
        private readonly int _batch, _window;
        private readonly long _seed;
        private readonly string _stream;
        private long _epoch = -1;

        /// <param name="lengths">Tokens of each sequence; kept.</param>
        /// <param name="batch">Sequences of a batch. The last batch of an epoch holds what is left.</param>
        /// <param name="window">Batches that are sorted together; 1: the batches are drawn without regard to length.</param>
        public LengthGrouped(int[] lengths, int batch, long seed, string stream = "batches", int window = DefaultWindow)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
            (_lengths, _order, _batch, _window, _seed, _stream) = (lengths, new int[lengths.Length], batch, window, seed, stream);
        }

        /// <summary>Batches of an epoch.</summary>
        public int Count => (_lengths.Length + _batch - 1) / _batch;

        /// <summary>The sequences of one batch. Epochs may be asked for in any order; going on within one costs nothing.</summary>
        /// <param name="batch">0 .. <see cref="Count"/> − 1.</param>
        /// <returns>Valid until another epoch is asked for.</returns>
        public ReadOnlySpan<int> this[long epoch, int batch]
        {
            get
            {
                if (_epoch != epoch) Arrange(epoch);
                var first = batch * _batch;
                return _order.AsSpan(first, Math.Min(_batch, _order.Length - first));
            }
        }

        private void Arrange(long epoch)
        {
            var random = new RandomStream(_seed, _stream, epoch);
            var shuffled = new int[_lengths.Length];
            random.Permutation(shuffled);
            SortWindows(shuffled);
            // The incomplete batch, if there is one, stays last.
            var batches = new int[_lengths.Length / _batch];
            random.Permutation(batches);
            for (var i = 0; i < batches.Length; i++) shuffled.AsSpan(batches[i] * _batch, _batch).CopyTo(_order.AsSpan(i * _batch));
            shuffled.AsSpan(batches.Length * _batch).CopyTo(_order.AsSpan(batches.Length * _batch));
            _epoch = epoch;
        }

        private void SortWindows(int[] shuffled)
        {
            if (_window == 1) return;
            var size = (int)Math.Min((long)_window * _batch, shuffled.Length);
            // By length, then by place in the shuffle: one order whatever the sorting algorithm.
            var keys = new long[size];
            for (var first = 0; first < shuffled.Length; first += size)
            {
                var count = Math.Min(size, shuffled.Length - first);
                for (var i = 0; i < count; i++) keys[i] = ((long)_lengths[shuffled[first + i]] << 32) | (uint)i;
                var window = shuffled.AsSpan(first, count);
                keys.AsSpan(0, count).Sort(window);
            }
        }
    }

    /// <summary>Molecules or pieces of text to pretrain an encoder on, as tokens.</summary>
    /// <param name="Forms">
    /// Ways of writing all examples, at least one: each has one sequence for each example, [CLS] tokens [SEP]. An epoch takes
    /// one of them for each example by chance.
    /// </param>
    /// <param name="DescriptorCount">Numbers of each described molecule; 0: none is described.</param>
    /// <param name="Descriptors">[described molecules, descriptors], row-major.</param>
    /// <param name="DescriptorRows">[examples]: the row of a molecule's descriptors, or −1 where it has none.</param>
    public sealed record Examples(
        IReadOnlyList<PackedTokens> Forms, int DescriptorCount, float[] Descriptors, int[] DescriptorRows)
    {
        public int Count => Forms[0].Sequences;

        /// <summary>The ids that stand for nothing in an example.</summary>
        public TokenMasking.SpecialIds Special { get; init; } = TokenMasking.SpecialIds.OfMolecules;
    }
}
