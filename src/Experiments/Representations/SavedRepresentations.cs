using System.Collections.Concurrent;

namespace W2S.Experiments;

/// <summary>Representations of tables that are as they are: encoders and stored features in files, and bags of words.</summary>
internal static class SavedRepresentations
{
    private static readonly ConcurrentDictionary<(string, DateTime), string> Digests = new();

    private static readonly ConcurrentDictionary<(string, CsvFormat), int> Looked = new();

    /// <summary>Its SHA-256; asked of the same few files by every line of a plan, so kept as long as a file stays as it was.</summary>
    /// <exception cref="UserErrorException">It is absent or damaged.</exception>
    public static string DigestOf(string reference) => BagOfWords.IsOne(reference) ? BagOfWords.DigestOf(reference) : Digests.GetOrAdd((reference, File.GetLastWriteTimeUtc(FileOf(reference))), _ =>
        IsFeatures(reference) ? StoredFeatures.DigestOf(reference[StoredFeatures.Prefix.Length..])
        : EncoderReference.Parse(reference) is { IsOnnx: true } model ? OnnxRepresentation.DigestOf(model)
        : FrozenEncoders.Load(reference).Digest);

    /// <summary>What it is called: the folder's or the file's own name.</summary>
    public static string NameOf(string reference) => BagOfWords.IsOne(reference) ? BagOfWords.NameOf(reference) : IsFeatures(reference) ? StoredFeatures.NameOf(reference[StoredFeatures.Prefix.Length..]) : FrozenEncoders.NameOf(reference);

    /// <summary>What a representation of a table is called in the name of a run: the saved one's name, or the encoder's shape.</summary>
    public static string ShortName(RepresentationOptions options) =>
        options.From is [var saved] ? NameOf(saved) : $"{options.Encoder.Layers}x{options.Encoder.Hidden}";

    /// <param name="options">One saved representation.</param>
    /// <exception cref="UserErrorException">It is absent or damaged, or not the one that the settings mean.</exception>
    public static IRepresentation Load(RepresentationOptions options, Study study, int threads, FeatureCache cache, RunServices run)
    {
        var reference = options.From[0];
        IRepresentation loaded = IsFeatures(reference)
            ? OpenFeatures(reference, study, run)
            : BagOfWords.IsOne(reference) ? new BagOfWords(reference, threads, cache, run)
            : EncoderReference.Parse(reference) is { IsOnnx: true } model ? new OnnxRepresentation(model, study.Features, threads, cache, run)
            : new EncoderRepresentation(FrozenEncoders.Load(reference).On(study.Device, threads, run), study.Features, study.Seed, cache);
        RecordedDigests.RequireSame(reference, options.Digests.ElementAtOrDefault(0), loaded.Digest);
        return study.Table is { PairColumn: not "" } or { ArePreferences: true } && loaded is TableRepresentation single
            ? new PairRepresentation(single, study.Table.ArePreferences) : loaded;
    }

    /// <summary>Opens stored features and looks at every number, once for all who ask while the file stays as it is.</summary>
    /// <exception cref="UserErrorException">The file is absent or damaged, or a feature is no finite number.</exception>
    public static StoredFeatures OpenFeatures(string reference, Study study, RunServices run)
    {
        var file = new StoredFeatures(reference[StoredFeatures.Prefix.Length..], study.Table.Csv, run);
        var key = (file.Digest, study.Table.Csv);
        if (Looked.TryGetValue(key, out var constant)) file.ConstantColumns = constant;
        else
        {
            file.Check(run);
            Looked[key] = file.ConstantColumns;
        }
        return file;
    }

    /// <summary>Whether these are features in a file rather than an encoder.</summary>
    public static bool IsFeatures(string reference) => reference.StartsWith(StoredFeatures.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file that decides what it is.</summary>
    public static string FileOf(string reference) => IsFeatures(reference) ? ArrayFile.Split(reference[StoredFeatures.Prefix.Length..]).Path : FrozenEncoders.FileOf(reference);
}
