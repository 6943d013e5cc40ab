using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>The molecular panels of 2405.15116, Figures 2d to 2f and Tables 1 to 3, one file each in configs/, and all of them together.</summary>
public static class MoleculePanels
{
    /// <summary>The name of all of them together; configs/molecules.yaml.</summary>
    public const string Group = "molecules";

    public static IReadOnlyList<string> Names { get; } = ["fig2d", "fig2e", "fig2f", "table1", "table2", "table3"];

    /// <summary>Whether this names a molecular study rather than a synthetic one: a panel, the group, or a YAML file that sets data.</summary>
    public static bool Has(string name) => Known(name) != null || (IsPath(name) && File.Exists(name) && ConfigurationLayer.FromFile(name).Root.Children.Any(child => $"{child.Key}" == "data"));

    /// <summary>The study behind names and paths: several that differ in their data sets alone are one.</summary>
    /// <param name="overrides">The command line's settings; they win.</param>
    /// <exception cref="UserErrorException">A setting is wrong, or the panels differ in more than their data.</exception>
    public static MoleculeStudyOptions Resolve(IReadOnlyList<string> names, IReadOnlyList<ConfigurationLayer> overrides)
    {
        var problems = new ConfigurationProblems();
        var studies = names.Select(name => ConfigurationBinder.Bind<MoleculeStudyOptions>([.. Layers(name), .. overrides], MoleculeStudyOptions.Check, problems)).ToList();
        problems.ThrowIfAny();
        if (studies.Count == 1) return studies[0];
        if (studies.Select(study => Fingerprint.Of(study with { Name = "", Title = "", Expectation = "", Data = [] })).Distinct().Count() > 1)
            throw new UserErrorException($"{string.Join(", ", names)} differ in more than their data sets and cannot be one study; give them one at a time.");
        return studies[0] with
        {
            Name = string.Join('-', studies.Select(study => study.Name).Distinct()),
            Title = string.Join("; ", studies.Select(study => study.Title).Distinct()),
            Data = [.. studies.SelectMany(study => study.Data).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    /// <summary>Reads the encoders that a study names.</summary>
    /// <exception cref="UserErrorException">One is absent or damaged.</exception>
    public static StudyEncoders Encoders(MoleculeStudyOptions options, int threads, RunServices run)
    {
        return new StudyEncoders([.. options.Weak.Select(Load)], Load(options.Strong));

        StudyEncoder Load(string reference)
        {
            var encoder = FrozenEncoders.Load(reference).On(options.Device, threads, run);
            return new StudyEncoder(options.Heads.StockPasses > 0 ? new StockFeatures(encoder, StockNoise.Of(options.Seed)) : encoder, encoder.Digest);
        }
    }

    /// <summary>A file that does not name its study names it by its own name.</summary>
    private static IEnumerable<ConfigurationLayer> Layers(string name)
    {
        if (Known(name) is { } known) return [ConfigurationLayer.FromText(EmbeddedConfigurations.Text($"{known}.yaml")!, $"configs/{known}.yaml")];
        var own = Path.GetFileNameWithoutExtension(name);
        return
        [
            ConfigurationLayer.FromOption(name, "name", own), ConfigurationLayer.FromOption(name, "title", own),
            ConfigurationLayer.FromOption(name, "expectation", ""), ConfigurationLayer.FromFile(name),
        ];
    }

    private static string? Known(string name) =>
        Names.Append(Group).FirstOrDefault(panel => panel.Equals(name, StringComparison.OrdinalIgnoreCase) || panel.Equals("fig" + name, StringComparison.OrdinalIgnoreCase));

    private static bool IsPath(string name) => name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
}
