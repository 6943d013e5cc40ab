namespace W2S.Experiments;

/// <summary>
/// What encoders said about data sets, kept for the next runs of this process: the runs of a sweep ask the same strong
/// encoder about the same molecules again and again, and reading them takes longer than fitting heads.
/// </summary>
/// <param name="most">How many answers are kept; the one that was not asked for the longest goes first.</param>
internal sealed class FeatureMemory(int most)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, MoleculeFeatures Features)> _kept = new();

    /// <param name="key">All that decides the features.</param>
    /// <param name="compute">Called where they are not kept; by two runs at once, each computes its own.</param>
    public MoleculeFeatures Obtain(string key, Func<MoleculeFeatures> compute)
    {
        if (Find(key) is { } known) return known;
        var features = compute();
        lock (_lock)
        {
            _kept.AddLast((key, features));
            if (_kept.Count > most) _kept.RemoveFirst();
        }
        return features;
    }

    private MoleculeFeatures? Find(string key)
    {
        lock (_lock)
        {
            for (var node = _kept.First; node != null; node = node.Next)
            {
                if (node.Value.Key != key) continue;
                _kept.Remove(node);
                _kept.AddLast(node);
                return node.Value.Features;
            }
            return null;
        }
    }
}
