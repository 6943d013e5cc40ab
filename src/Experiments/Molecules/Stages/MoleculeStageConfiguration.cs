using System.Globalization;
using W2S.Data;
using YamlDotNet.RepresentationModel;

namespace W2S.Experiments;

/// <summary>Turns what the user asked for into a molecular stage's settings: defaults that depend on the data, then what was said.</summary>
public static class MoleculeStageConfiguration
{
    /// <param name="role">"weak" or "strong": whose encoder the user may have spoken of.</param>
    /// <param name="root">The folder of trained representations: checkpoints/.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static MoleculeStageOptions Resolve(string role, string root, IReadOnlyList<ConfigurationLayer> said) => Resolve(role, root, [], said);

    /// <summary>A student's settings: those of its weak run, and what is its own, the strong encoder, the protocol and the device.</summary>
    /// <exception cref="UserErrorException">Something is wrong, or the weak run's to decide.</exception>
    public static MoleculeStageOptions Student(string weakRun, string root, IReadOnlyList<ConfigurationLayer> said)
    {
        var weak = MoleculeStages.OptionsOf(MoleculeStageRun.Read(weakRun, "weak").Folder);
        var settings = ConfigurationLayer.FromFile(Path.Combine(weakRun, RunFolder.ConfigurationFile));
        var seed = ConfigurationLayer.FromOption($"the seed of {weakRun}", "strong.pretrained.seed", weak.Seed.ToString(CultureInfo.InvariantCulture));
        var student = Resolve("strong", root, [settings, seed], said);
        var changed = SettingDifferences.Between(student with { Strong = weak.Strong, W2sOn = weak.W2sOn, Device = weak.Device }, weak, "weak run").ToList();
        if (changed.Count > 0)
            throw new UserErrorException($"These settings are those of {weakRun}, not the student's to change: {string.Join(", ", changed)}. --set may change what is below strong; for others train another weak run.");
        return student;
    }

    private static MoleculeStageOptions Resolve(string role, string root, IReadOnlyList<ConfigurationLayer> inherited, IReadOnlyList<ConfigurationLayer> said)
    {
        var options = ConfigurationBinder.Bind<MoleculeStageOptions>([.. inherited, .. said], MoleculeStageRules.Check);
        var saidOfEncoder = said.SelectMany(layer => PathsIn(layer.Root)).Where(path => path.StartsWith(role + ".", StringComparison.Ordinal)).ToHashSet();
        return role == "weak"
            ? options with { Weak = Encoder(options.Weak, options.Data, saidOfEncoder, SharedWeak(root, options, saidOfEncoder)) }
            : options with { Strong = Encoder(options.Strong, options.Data, saidOfEncoder, SharedStrong(root, options, saidOfEncoder)) };
    }

    /// <param name="shared">An encoder that the project brings along and that is meant; null: none.</param>
    private static MoleculeEncoderOptions Encoder(MoleculeEncoderOptions asked, string data, HashSet<string> said, string? shared)
    {
        if (asked.From != "") return MoleculeEncoderReference.Resolve(asked.From);
        if (shared != null) return new MoleculeEncoderOptions { From = shared };
        // Generated molecules need no file, so neither should what reads them.
        return data == SyntheticDataSet.SetName && !said.Any(path => path.EndsWith(".corpora", StringComparison.Ordinal))
            ? asked with { Pretrained = asked.Pretrained with { Corpora = [SyntheticDataSet.SetName] } }
            : asked;
    }

    /// <summary>The one of that width, if nothing else was said of it; another seed means another encoder.</summary>
    private static string? SharedWeak(string root, MoleculeStageOptions options, HashSet<string> said) =>
        said.IsSubsetOf(["weak.pretrained.hidden", "weak.pretrained.seed"]) && options.Weak.Pretrained.Seed == 0
            ? Shared(options.Data, Path.Combine(root, "molecules", $"weak-{options.Weak.Pretrained.Hidden}"))
            : null;

    /// <summary>The strong one, if nothing was said of it; the seed is then that of the heads alone, for it is dear to pretrain.</summary>
    private static string? SharedStrong(string root, MoleculeStageOptions options, HashSet<string> said) =>
        said.IsSubsetOf(["strong.pretrained.seed"]) ? Shared(options.Data, Path.Combine(root, "molecules", "strong")) : null;

    private static string? Shared(string data, string folder) => data != SyntheticDataSet.SetName && Directory.Exists(folder) ? folder : null;

    private static IEnumerable<string> PathsIn(YamlMappingNode group) => group.Children.SelectMany(child => child.Value is YamlMappingNode inner
        ? PathsIn(inner).Select(path => $"{child.Key}.{path}")
        : [$"{child.Key}"]);
}
