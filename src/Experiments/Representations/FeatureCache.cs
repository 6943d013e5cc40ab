namespace W2S.Experiments;

/// <summary>
/// Features of whole tables, computed once. Where there is a folder they lie in files there, those that an interrupted command
/// has computed too, and rows are read when they are wanted; else they are in memory. The newest are known to the whole process,
/// for the runs of a study ask the same strong encoder about the same rows again and again.
/// </summary>
/// <param name="folder">Null: memory alone.</param>
internal sealed class FeatureCache(string? folder)
{
    /// <summary>Known at a time; what was not asked for the longest goes first.</summary>
    private const int Most = 8;

    private static readonly Lock Gate = new();
    private static readonly List<(string Key, Lazy<TableFeatures> Features)> Known = [];

    /// <param name="key">All that decides the features.</param>
    /// <param name="isShared">Whether others will ask for them; they wait while it is computed.</param>
    /// <param name="compute">Called where they are not there yet.</param>
    public TableFeatures Obtain(string key, bool isShared, Func<Place, TableFeatures> compute)
    {
        if (!isShared) return FromFolder(key, compute);
        var entry = Entry(key, () => FromFolder(key, compute));
        try
        {
            return entry.Value;
        }
        catch
        {
            // A Lazy would throw this for ever, and whoever stopped it may ask again.
            lock (Gate) Remove(key);
            throw;
        }
    }

    private TableFeatures FromFolder(string key, Func<Place, TableFeatures> compute)
    {
        if (folder == null) return compute(new Place(null, key));
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Fingerprint.Short(key)}.safetensors");
        return FeatureFile.Open(path, key)?.ToFeatures() ?? compute(new Place(path, key));
    }

    private static Lazy<TableFeatures> Entry(string key, Func<TableFeatures> compute)
    {
        lock (Gate)
        {
            var entry = Remove(key) ?? new Lazy<TableFeatures>(compute);
            Known.Add((key, entry));
            if (Known.Count > Most) Known.RemoveAt(0);
            return entry;
        }
    }

    private static Lazy<TableFeatures>? Remove(string key)
    {
        if (Known.FindIndex(one => one.Key == key) is not (>= 0 and var place)) return null;
        var features = Known[place].Features;
        Known.RemoveAt(place);
        return features;
    }

    /// <summary>Where features that are wanted are to lie.</summary>
    /// <param name="Path">Null: in memory.</param>
    /// <param name="Key">All that decides them.</param>
    internal sealed record Place(string? Path, string Key)
    {
        /// <summary>Begins them, or goes on where an interrupted command stood.</summary>
        /// <param name="order">Of the examples, in which they are computed.</param>
        /// <param name="goesOn">False: they cannot be computed from the middle on.</param>
        public PartialFeatures Begin(int[] order, int width, bool goesOn = true)
        {
            if (Path != null && !goesOn) PartialFeatures.Forget(Path);
            return new PartialFeatures(Path, Key, order, width);
        }
    }
}
