using W2S.Data;

namespace W2S.Experiments;

/// <summary>A frozen encoder with its identity.</summary>
/// <param name="Digest">Two encoders with the same one have the same features.</param>
public sealed record StudyEncoder(IMoleculeFeatures Features, string Digest)
{
    public string Name => Features.Name;
}

/// <summary>The encoders of a study.</summary>
public sealed record StudyEncoders(IReadOnlyList<StudyEncoder> Weak, StudyEncoder Strong)
{
    public IEnumerable<StudyEncoder> All => [.. Weak, Strong];

    /// <summary>For config.yaml: with other weights under the same names, it is another study.</summary>
    internal string Identity => string.Concat(All.Select(encoder => $"# {encoder.Name}: weights {encoder.Digest[..16]}\n"));

    internal IReadOnlyList<MoleculeEncoderResult> Results => [.. All.Select(encoder => new MoleculeEncoderResult(
        encoder == Strong ? "strong" : "weak", encoder.Name, encoder.Features.Description, encoder.Features.Width, encoder.Digest))];

    /// <exception cref="UserErrorException">Two have one name.</exception>
    internal StudyEncoders Checked()
    {
        if (All.GroupBy(encoder => encoder.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UserErrorException($"{twice.Count()} encoders of the study are called {twice.Key}, after their folders: their results could not be told apart. Rename a folder, or leave one out.");
        return this;
    }
}
