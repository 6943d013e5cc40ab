namespace W2S.Training;

/// <summary>
/// The batches of a pretraining. A batch is a function of (seed, stream, epoch, number), so an interrupted training needs
/// no state of it. Molecules with and without descriptors never share a batch.
/// </summary>
internal sealed class EncoderBatches
{
    private readonly PretrainingExamples _molecules;
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
        PretrainingExamples molecules, int[] members, int vocabularySize, EncoderPretrainingOptions options, bool pairs, long seed,
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
            _groups.Add(new Group(chosen, new LengthGroupedBatches(lengths, options.Batch, seed, order)));
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
        return new EncoderBatch(_masking.Mask(tokens, members, epoch), Descriptors(members), same);
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

    private sealed record Group(int[] Members, LengthGroupedBatches Batches);
}
