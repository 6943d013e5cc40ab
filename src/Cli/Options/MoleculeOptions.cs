using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>The option about molecules of one's own that is no value but a wish.</summary>
internal static class MoleculeOptions
{
    public static Option<bool> Strict() =>
        new("--strict") { Description = "Refuse molecules that an encoder cannot read, rather than leave them out and list them." };

    public static IEnumerable<ConfigurationLayer> Layers(ParseResult parsed, Option<bool> strict) =>
        parsed.GetValue(strict) ? [ConfigurationLayer.FromOption(strict.Name, "table.strict", "true")] : [];
}
