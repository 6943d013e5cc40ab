namespace W2S.Experiments;

/// <summary>
/// What studies read from files: tables, saved representations and corpora. Each is known by its SHA-256, which is part of a
/// run's settings, so that other content under the same name is another run; where a file lies counts for nothing.
/// </summary>
internal static class StudySources
{
    /// <summary>The settings with the SHA-256 of all that they read.</summary>
    /// <param name="roles">The representations that are wanted.</param>
    /// <exception cref="UserErrorException">A file is absent or damaged, or is not the one whose SHA-256 the settings have.</exception>
    public static Study Digested(this Study study, Datasets datasets, DataFolders folders, params string[] roles)
    {
        if (study.IsGaussian) return study;
        var unsaid = roles.FirstOrDefault(role => study.Of(role) is { From.Count: 0, Encoder.ReadsTexts: false });
        if (unsaid != null && Datasets.AreTexts(study))
            throw new UserErrorException(
                $"Nothing says what is to read the texts: name a {unsaid} representation with --{unsaid} ({unsaid}.from), a folder of an "
                + "encoder such as checkpoints/text/minilm@6:mean (./run.sh setup text lays it down), onnx:PATH, or bag:1024, "
                + "which needs no file.");
        var digested = roles.Aggregate(study, (one, role) => one.With(role, one.Of(role).Digested(folders)));
        return digested with
        {
            DataDigests = Fingerprint.Compared(study.Data, study.DataDigests, (name, _) => datasets.Table(name, study).Digest),
        };
    }

    private static RepresentationOptions Digested(this RepresentationOptions options, DataFolders folders) => options.From.Count == 0
        ? options with { Digests = [], Encoder = EncoderStore.Digested(options.Encoder, folders) }
        : options with
        {
            Digests = Fingerprint.Compared(options.From, options.Digests, (name, _) => SavedRepresentations.DigestOf(name)),
            Encoder = new EncoderSettings(),
        };

    /// <summary>With full paths, so that a later command finds the files from any folder.</summary>
    public static Study Located(this Study study) =>
        study.IsGaussian ? study : study.Moved(path => Path.Exists(path) ? Path.GetFullPath(path) : path);

    /// <summary>With files that are not where the settings say, but where they were seen from <paramref name="folder"/>.</summary>
    public static Study LookedForIn(this Study study, string? folder) =>
        study.IsGaussian ? study : study.Moved(path => EncoderSettings.LookedFor(path, folder));

    private static Study Moved(this Study study, Func<string, string> move)
    {
        return study with
        {
            Data = [.. study.Data.Select(name => Datasets.IsFile(name) ? File(name) : name)],
            Weak = Saved(study.Weak), Strong = Saved(study.Strong),
            Table = study.Table with { Splits = study.Table.Splits == "" ? "" : File(study.Table.Splits) },
        };

        RepresentationOptions Saved(RepresentationOptions options) => options with { From = [.. options.From.Select(Reference)] };

        // A reference may begin with what kind it is, as in features:FILE.
        string Reference(string reference) =>
            BagOfWords.IsOne(reference)
                ? reference
                : reference.IndexOf(':') is > 1 and var colon && reference[..colon].All(char.IsAsciiLetter)
            ? reference[..(colon + 1)] + File(reference[(colon + 1)..])
            : move(reference);

        // One of several arrays in a file stands behind a colon.
        string File(string reference) =>
            ArrayFile.Split(reference) is { Key: { } key, Path: var path } ? $"{move(path)}:{key}" : move(reference);
    }
}
