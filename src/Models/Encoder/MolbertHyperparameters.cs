using W2S.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace W2S.Models;

/// <summary>What Lightning's `hparams.yaml` says of a MolBERT model that its tensors do not.</summary>
/// <param name="Tiny">The preset for tests (`--tiny`): hidden 16, 2 layers, 2 heads; else the base model with 12 heads.</param>
internal sealed record MolbertHyperparameters(bool Tiny)
{
    public const string FileName = "hparams.yaml";

    /// <summary>Two folders above the checkpoint: version_0/checkpoints/last.ckpt, version_0/hparams.yaml.</summary>
    public static string PathFor(string checkpoint) =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(checkpoint))) ?? "/", FileName);

    /// <exception cref="UserErrorException">The file is no YAML mapping, or `tiny` is neither true nor false.</exception>
    public static MolbertHyperparameters Read(string path)
    {
        // The document model makes no objects, whatever tags (!!python/object) the file holds.
        var yaml = new YamlStream();
        try
        {
            using var reader = File.OpenText(path);
            yaml.Load(reader);
        }
        catch (YamlException error)
        {
            throw new UserErrorException($"{path}, line {error.Start.Line}, is no YAML: {error.Message}");
        }
        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode mapping)
            throw new UserErrorException($"{path} is no list of hyperparameters (key: value lines).");
        var tiny = mapping.Children.TryGetValue(new YamlScalarNode("tiny"), out var node) ? (node as YamlScalarNode)?.Value ?? "" : "false";
        return new MolbertHyperparameters(tiny.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            _ => throw new UserErrorException($"{path}: tiny is '{tiny}', but must be true or false."),
        });
    }
}
