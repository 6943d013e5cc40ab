using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Features in a run's folder, so that an interrupted study does not compute them again.</summary>
internal sealed class FeatureStore(string folder, MoleculeHeadOptions options)
{
    private const string Clean = "clean", Draw = "draw.";

    /// <summary>Found, or computed and kept.</summary>
    public MoleculeFeatures Obtain(MoleculeData data, StudyEncoder encoder)
    {
        var path = Path.Combine(folder, $"{data.Set.Name}-{encoder.Name}.safetensors");
        if (Read(path, data, encoder) is { } found) return found;
        var features = MoleculeFeatures.Of(data, options.Pooling, encoder.Features);
        if (options.StockPasses > 0) features = features.FittedOn(data, encoder.Features, Disturbed(data, encoder));
        Write(path, features, encoder);
        return features;
    }

    /// <summary>What heads are fitted on as MolBERT's own program fits them: each pass masked and dropped anew.</summary>
    private IReadOnlyList<float[]> Disturbed(MoleculeData data, StudyEncoder encoder) => encoder.Features is INoisyMoleculeFeatures noisy
        ? [.. Enumerable.Range(0, options.StockPasses).Select(pass => noisy.Noisy(data, options.Pooling, pass))]
        : throw new ArgumentException($"stock_passes needs an encoder that can be disturbed, and {encoder.Name} cannot.");

    private MoleculeFeatures? Read(string path, MoleculeData data, StudyEncoder encoder)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var file = Safetensors.Read(path);
            if (file.Metadata.GetValueOrDefault("digest") != encoder.Digest) return null;
            var (rows, width) = (data.Table.Count, encoder.Features.Width);
            var features = new MoleculeFeatures(encoder.Name, width, file.Tensors.Floats(Clean, rows, width).ToArray());
            return options.StockPasses == 0 ? features
                : features with { Fitting = [.. Enumerable.Range(0, options.StockPasses).Select(pass => file.Tensors.Floats($"{Draw}{pass}", rows, width).ToArray())] };
        }
        catch (InvalidDataException)
        {
            // Cut short by what interrupted the study, or of other settings.
            return null;
        }
    }

    private void Write(string path, MoleculeFeatures features, StudyEncoder encoder)
    {
        Directory.CreateDirectory(folder);
        List<NamedTensor> tensors = [NamedTensor.Of(Clean, features.Clean, features.Molecules, features.Width)];
        if (options.StockPasses > 0)
            tensors.AddRange(features.Fitting.Select((draw, pass) => NamedTensor.Of($"{Draw}{pass}", draw, features.Molecules, features.Width)));
        Safetensors.Write(path + ".tmp", tensors, new Dictionary<string, string> { ["digest"] = encoder.Digest });
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
