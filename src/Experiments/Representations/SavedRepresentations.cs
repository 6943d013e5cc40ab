using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Representations of tables that lie in files: encoders, and stored features.</summary>
internal static class SavedRepresentations
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(string, DateTime), string> Digests = new();

    /// <summary>Its SHA-256; asked of the same few files by every line of a plan, so kept as long as a file stays as it was.</summary>
    /// <exception cref="UserErrorException">It is absent or damaged.</exception>
    public static string DigestOf(string reference) =>
        Digests.GetOrAdd((reference, File.GetLastWriteTimeUtc(FileOf(reference))), _ => IsFeatures(reference) ? Features(reference).Digest
            : EncoderReference.Parse(reference) is { IsOnnx: true } model ? OnnxRepresentation.DigestOf(model)
            : FrozenEncoders.Load(reference).Digest);

    /// <summary>The options with the SHA-256 of every saved one, so that another in its place is another run.</summary>
    /// <exception cref="UserErrorException">One is absent or damaged.</exception>
    public static RepresentationOptions Digested(this RepresentationOptions options) => options.From.Count == 0
        ? options with { Digests = [] }
        : options with { Digests = [.. options.From.Select(DigestOf)], Encoder = new EncoderSettings() };

    /// <summary>What it is called: the folder's or the file's own name.</summary>
    public static string NameOf(string reference) => IsFeatures(reference) ? Path.GetFileNameWithoutExtension(reference[StoredFeatures.Prefix.Length..]) : FrozenEncoders.NameOf(reference);

    /// <param name="options">One saved representation.</param>
    /// <exception cref="UserErrorException">It is absent or damaged, or not the one that the settings mean.</exception>
    public static IRepresentation Load(RepresentationOptions options, Study study, int threads, FeatureCache cache, RunServices run)
    {
        var reference = options.From[0];
        IRepresentation loaded = IsFeatures(reference)
            ? Features(reference)
            : EncoderReference.Parse(reference) is { IsOnnx: true } model ? new OnnxRepresentation(model, study.Features.Pooling, threads, cache, run)
            : new EncoderRepresentation(FrozenEncoders.Load(reference).On(study.Device, threads, run), study.Features, study.Seed, cache);
        if (options.Digests.Count > 0 && options.Digests[0] != loaded.Digest)
            throw new UserErrorException($"{reference} holds another representation than the one that this run was made with: the SHA-256 of its weights begins with {loaded.Digest[..12]}, not {options.Digests[0][..12]}. Put that one back, or start anew: with --force, or in another folder.");
        return loaded;
    }

    private static bool IsFeatures(string reference) => reference.StartsWith(StoredFeatures.Prefix, StringComparison.OrdinalIgnoreCase);

    private static StoredFeatures Features(string reference) => new(reference[StoredFeatures.Prefix.Length..]);

    private static string FileOf(string reference) => IsFeatures(reference) ? reference[StoredFeatures.Prefix.Length..] : FrozenEncoders.FileOf(reference);
}
