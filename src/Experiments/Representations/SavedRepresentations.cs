using System.Collections.Concurrent;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Representations of tables that lie in files: encoders, and stored features.</summary>
internal static class SavedRepresentations
{
    private static readonly ConcurrentDictionary<(string, DateTime), string> Digests = new();

    /// <summary>Its SHA-256; asked of the same few files by every line of a plan, so kept as long as a file stays as it was.</summary>
    /// <exception cref="UserErrorException">It is absent or damaged.</exception>
    public static string DigestOf(string reference) => Digests.GetOrAdd((reference, File.GetLastWriteTimeUtc(FileOf(reference))),
        _ => IsFeatures(reference) ? StoredFeatures.DigestOf(reference[StoredFeatures.Prefix.Length..]) : FrozenEncoders.Load(reference).Digest);

    /// <summary>What it is called: the folder's or the file's own name.</summary>
    public static string NameOf(string reference) => IsFeatures(reference) ? StoredFeatures.NameOf(reference[StoredFeatures.Prefix.Length..]) : FrozenEncoders.NameOf(reference);

    /// <param name="options">One saved representation.</param>
    /// <exception cref="UserErrorException">It is absent or damaged, or not the one that the settings mean.</exception>
    public static IRepresentation Load(RepresentationOptions options, Study study, int threads, FeatureCache cache, RunServices run)
    {
        var reference = options.From[0];
        IRepresentation loaded = IsFeatures(reference)
            ? new StoredFeatures(reference[StoredFeatures.Prefix.Length..], study.Table.Csv)
            : new EncoderRepresentation(FrozenEncoders.Load(reference).On(study.Device, threads, run), study.Features, study.Seed, cache);
        StudySources.RequireSame(reference, options.Digests.ElementAtOrDefault(0), loaded.Digest);
        return loaded;
    }

    /// <summary>Whether these are features in a file rather than an encoder.</summary>
    public static bool IsFeatures(string reference) => reference.StartsWith(StoredFeatures.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file that decides what it is.</summary>
    public static string FileOf(string reference) => IsFeatures(reference) ? ArrayFile.Split(reference[StoredFeatures.Prefix.Length..]).Path : FrozenEncoders.FileOf(reference);
}
